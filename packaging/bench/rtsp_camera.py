"""The bench's camera: GStreamer's RTSP server, which sends finished H.264 pictures in real time.

Reads marked units (src/bench/camera/marked-units.ts), writes frame number and push time into each one's mark, and pushes
it into one appsrc per mount (/cam0, /cam1, ...) at their rate by the monotonic clock. `push` is the moment before
push-buffer. A mount that is opened anew begins with a keyframe at once. Run by the system's Python (gi).
Prints `ready PORT` and ends when its standard input ends. With --check it only says by its exit code whether it can run.
"""

import argparse
import json
import mmap
import struct
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

PIPELINE = (
    "( appsrc name=source is-live=true format=time min-latency=0 max-bytes=8000000 "
    "caps=video/x-h264,stream-format=byte-stream,alignment=au,width={width},height={height},framerate={fps}/1 "
    "! rtph264pay name=pay0 pt=96 config-interval=-1 aggregate-mode=none mtu=1400 )"
)


class Footage:
    """The units of the clip and the record of pushes: one u64 a frame number, microseconds."""

    def __init__(self, index_path):
        with open(index_path, encoding="utf8") as file:
            index = json.load(file)
        with open(index_path.removesuffix(".json") + ".h264", "rb") as file:
            self.bytes = bytearray(file.read())
        self.pipeline = PIPELINE.format(**index)
        self.fps = index["fps"]
        self.group = index["group"]
        self.units = [(u["offset"], u["length"], u["digits"]) for u in index["units"]]

    def unit(self, number, pushed_us):
        """The unit of this frame number with both written into its mark."""
        offset, length, digits = self.units[number % len(self.units)]
        self.bytes[digits : digits + 26] = b"%010d%016d" % (number, pushed_us)
        return bytes(self.bytes[offset : offset + length])


class Mount(GstRtspServer.RTSPMediaFactory):
    """One shared media; `source` is set while somebody watches it."""

    def __init__(self, pipeline):
        super().__init__()
        self.set_launch(pipeline)
        self.set_shared(True)
        self.set_latency(0)
        self.set_buffer_size(0)
        self.source = None
        self.fresh = False
        self.playing = False
        self.connect("media-configure", self.on_configure)

    def on_configure(self, _factory, media):
        self.source = media.get_element().get_child_by_name("source")
        media.get_element().get_parent().connect("deep-element-added", self.on_element)
        self.fresh = True
        self.playing = False
        media.connect("unprepared", self.on_unprepared)
        media.connect("new-state", self.on_state)

    def on_element(self, _pipeline, _bin, element):
        """A sink holds each picture for its processing deadline, 20 ms by default."""
        if element.get_factory().get_name() == "appsink":
            element.set_property("processing-deadline", 0)

    def on_state(self, _media, state):
        if state == int(Gst.State.PLAYING) and not self.playing:
            self.playing = True
            self.fresh = True

    def on_unprepared(self, _media):
        self.source = None


class Camera:
    """Pushes to all mounts, each at its own phase of the frame interval."""

    def __init__(self, footage, mounts, record):
        self.footage = footage
        self.mounts = mounts
        self.record = record
        self.numbers = [0] * len(mounts)

    def run(self):
        interval = 1 / self.footage.fps / len(self.mounts)
        due = time.monotonic()
        turn = 0
        while True:
            due += interval
            wait = due - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            self.push(turn % len(self.mounts), int(due * 1e9))
            turn += 1

    def push(self, which, due_ns):
        mount = self.mounts[which]
        source = mount.source
        if source is None or not (mount.fresh or mount.playing):
            return
        number = self.numbers[which]
        if mount.fresh:  # the camera begins with a keyframe where somebody begins to watch
            mount.fresh = False
            number += -number % self.footage.group
        self.numbers[which] = number + 1
        pushed_us = time.monotonic_ns() // 1000
        unit = self.footage.unit(number, pushed_us)
        if which == 0:
            struct.pack_into("<Q", self.record, number % (len(self.record) // 8) * 8, pushed_us)
        buffer = Gst.Buffer.new_wrapped(unit)
        # The pipeline's clock is the monotonic one: timestamps are even, and never ahead of it, so no sink waits.
        buffer.pts = max(0, due_ns - source.get_base_time()) if mount.playing else 0
        source.emit("push-buffer", buffer)


def open_record(path):
    """A file of one million push times, shared with whoever measures."""
    with open(path, "w+b") as file:
        file.truncate(8_000_000)
        return mmap.mmap(file.fileno(), 8_000_000)


def can_run():
    Gst.init(None)
    return all(Gst.ElementFactory.find(name) for name in ("appsrc", "rtph264pay"))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--footage", required=True)
    options.add_argument("--record", required=True)
    options.add_argument("--port", default="0")
    options.add_argument("--cameras", type=int, default=1)
    arguments = options.parse_args()

    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(arguments.port)
    footage = Footage(arguments.footage)
    mounts = [Mount(footage.pipeline) for _ in range(arguments.cameras)]
    for number, mount in enumerate(mounts):
        server.get_mount_points().add_factory(f"/cam{number}", mount)
    server.attach(None)

    camera = Camera(footage, mounts, open_record(arguments.record))
    threading.Thread(target=camera.run, daemon=True).start()
    loop = GLib.MainLoop()
    threading.Thread(target=lambda: (sys.stdin.read(), loop.quit()), daemon=True).start()
    print(f"ready {server.get_bound_port()}", flush=True)
    loop.run()


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if can_run() else 1)
    main()
