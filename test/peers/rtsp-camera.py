"""A camera for tests: GStreamer's RTSP server with a moving test picture, at /camera or where `--mount` says.

Run by the system's Python (gi). Prints one JSON line {"port": N} when it listens and ends when its standard input
does. One encoder serves all sessions.
"""

import argparse
import json
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

ROLE = "viewer"


def pipeline(options, size):
    """The launch line of the picture, its encoder and payloader."""
    width, height = size.split("x")
    raw = f"video/x-raw,height={height},framerate={options.fps}/1"
    if options.pattern == "halves":
        half = int(width) // 2
        source = f"videotestsrc is-live=true pattern=white ! {raw},width={half} ! videobox right=-{half} fill=black ! "
    else:
        source = f"videotestsrc is-live=true pattern=ball ! {raw},width={width} ! videoconvert ! "
    if options.codec == "jpeg":
        return f"( {source} video/x-raw,format=I420 ! jpegenc quality=80 ! rtpjpegpay name=pay0 pt=26 )"
    return (
        f"( {source} video/x-raw,format=I420 ! x264enc tune=zerolatency speed-preset=ultrafast bitrate=1000 "
        f"key-int-max={options.fps} ! video/x-h264,profile=baseline ! "
        "rtph264pay name=pay0 pt=96 config-interval=-1 )"
    )


def authentication(options):
    """Who may watch, and the certificate."""
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", ROLE)
    if options.user is None:
        auth.set_default_token(token)
    elif options.auth == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(options.user, options.password, token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(options.user, options.password), token)
    if options.cert:
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_files(options.cert, options.key))
    return auth


def factory_of(options, size, secured):
    """One encoder for all who watch this size."""
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(pipeline(options, size))
    factory.set_shared(True)
    factory.set_latency(0)
    if secured:
        permissions = "media.factory.access=(boolean)true, media.factory.construct=(boolean)true"
        factory.add_role_from_structure(Gst.Structure.from_string(f"{ROLE}, {permissions}")[0])
    return factory


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--codec", choices=["h264", "jpeg"], default="h264")
    parser.add_argument("--pattern", choices=["ball", "halves"], default="ball")
    parser.add_argument("--size", default="320x240")
    parser.add_argument("--mount", action="append", metavar="PATH=SIZE")
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--fps", type=int, default=15)
    parser.add_argument("--user")
    parser.add_argument("--password", default="")
    parser.add_argument("--auth", choices=["basic", "digest"], default="digest")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    options = parser.parse_args()

    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address(options.address)
    server.set_service(str(options.port))
    secured = options.user is not None or options.cert
    if secured:
        server.set_auth(authentication(options))
    for mount in options.mount or [f"/camera={options.size}"]:
        path, size = mount.rsplit("=", 1)
        server.get_mount_points().add_factory(path, factory_of(options, size, secured))
    if server.attach(None) == 0:
        sys.exit("the port cannot be listened on")

    loop = GLib.MainLoop()

    def until_input_ends():
        sys.stdin.buffer.read()
        GLib.idle_add(loop.quit)

    threading.Thread(target=until_input_ends, daemon=True).start()
    print(json.dumps({"port": server.get_bound_port()}), flush=True)
    loop.run()


main()
