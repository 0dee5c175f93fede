// Where makers' cameras have their pictures: paths, as the makers' and their integrators' public documents name them. No
// user names, no passwords, none that carries one. Tried by paths.ts, in this order, when nothing better told the address.

/** Paths on the RTSP port (`main`, `sub`) and on the HTTP port (`snapshot`: one JPEG, or JPEGs without end). */
export interface StreamPaths {
  readonly main: string;
  readonly sub?: string;
  readonly snapshot?: string;
}

const HIKVISION: StreamPaths = {
  main: '/Streaming/Channels/101',
  sub: '/Streaming/Channels/102',
  snapshot: '/ISAPI/Streaming/channels/101/picture',
};
const DAHUA: StreamPaths = {
  main: '/cam/realmonitor?channel=1&subtype=0',
  sub: '/cam/realmonitor?channel=1&subtype=1',
  snapshot: '/cgi-bin/snapshot.cgi',
};
const HI3510: StreamPaths = { main: '/11', sub: '/12' };
const TVT: StreamPaths = { main: '/profile1', sub: '/profile2' };

const PATHS: Readonly<Record<string, readonly StreamPaths[]>> = {
  // ISAPI developer guide, "Streaming/channels/<ID>"; before 2012: /h264/ch1/main/av_stream.
  Hikvision: [HIKVISION, { main: '/h264/ch1/main/av_stream', sub: '/h264/ch1/sub/av_stream' }],
  // support.ezviz.com, "How to view your camera by RTSP": Hikvision's.
  EZVIZ: [{ main: '/h264/ch1/main/av_stream', sub: '/h264/ch1/sub/av_stream' }, HIKVISION],
  // Dahua HTTP API, "Get RTSP stream", "Snapshot".
  Dahua: [DAHUA],
  // Amcrest HTTP API SDK, 4.1: Dahua's.
  Amcrest: [DAHUA],
  // help.lorex.com, "RTSP protocol": Dahua's.
  Lorex: [DAHUA],
  // Imou's support page on RTSP: Dahua's.
  Imou: [DAHUA],
  // developer.axis.com, VAPIX, "Video streaming".
  Axis: [
    {
      main: '/axis-media/media.amp',
      sub: '/axis-media/media.amp?resolution=640x360',
      snapshot: '/axis-cgi/jpg/image.cgi',
    },
  ],
  // support.hanwhavision.eu, "RTSP URLs"; SUNAPI, "video.cgi".
  'Hanwha Vision': [
    {
      main: '/profile2/media.smp',
      sub: '/profile3/media.smp',
      snapshot: '/stw-cgi/video.cgi?msubmenu=snapshot&action=view',
    },
  ],
  // Uniview's support page "How to get the RTSP address": unicast/c<channel>/s<stream>/live; older ones /media/video1.
  Uniview: [
    { main: '/unicast/c1/s0/live', sub: '/unicast/c1/s1/live' },
    { main: '/media/video1', sub: '/media/video2' },
  ],
  // support.reolink.com, "Introduction to RTSP".
  Reolink: [
    { main: '/h264Preview_01_main', sub: '/h264Preview_01_sub' },
    { main: '/Preview_01_main', sub: '/Preview_01_sub' },
  ],
  // Vivotek's "URL commands" of its manuals: network_rtsp_s0_accessname, video.jpg.
  Vivotek: [{ main: '/live.sdp', sub: '/live2.sdp', snapshot: '/cgi-bin/viewer/video.jpg' }],
  // Mobotix camera manuals, "RTSP server", "record/current.jpg".
  Mobotix: [{ main: '/mobotix.h264', snapshot: '/record/current.jpg' }],
  // Bosch, "RTSP usage with Bosch Video IP devices"; snapshots: RCP+ over CGI.
  Bosch: [
    { main: '/video?inst=1', sub: '/video?inst=2', snapshot: '/snap.jpg' },
    { main: '/rtsp_tunnel', sub: '/rtsp_tunnel?inst=2' },
  ],
  // i-PRO, "CGI command interface specifications", RTSP.
  'i-PRO': [{ main: '/MediaInput/stream_1', sub: '/MediaInput/stream_2', snapshot: '/cgi-bin/camera' }],
  // The same under its former name.
  Panasonic: [{ main: '/MediaInput/h264/stream_1', sub: '/MediaInput/h264/stream_2', snapshot: '/cgi-bin/camera' }],
  // Sony, CGI command manual, "RTSP streaming", "oneshotimage".
  Sony: [{ main: '/media/video1', sub: '/media/video2', snapshot: '/oneshotimage1' }],
  // Canon, WebView Livescope HTTP and RTSP protocol.
  Canon: [{ main: '/stream/profile1=r', sub: '/stream/profile0=r', snapshot: '/-wvhttp-01-/image.cgi' }],
  // Pelco, API of Sarix cameras.
  Pelco: [{ main: '/stream1', sub: '/stream2', snapshot: '/jpeg' }],
  // Avigilon, "RTSP stream URI" of its camera manuals.
  Avigilon: [{ main: '/defaultPrimary?streamType=u', sub: '/defaultSecondary?streamType=u' }],
  // Arecont Vision, HTTP API, "RTSP".
  'Arecont Vision': [{ main: '/h264.sdp', snapshot: '/img.jpg' }],
  // FLIR, manuals of its FC and PT series, "RTSP".
  FLIR: [{ main: '/ch0', sub: '/ch1' }],
  // Honeywell, manuals of equIP cameras.
  Honeywell: [{ main: '/h264' }],
  // GeoVision, "GV-IPCAM: RTSP".
  GeoVision: [{ main: '/CH001.sdp', sub: '/CH002.sdp' }],
  // ACTi, "Camera URL command".
  ACTi: [{ main: '/stream1', sub: '/stream2', snapshot: '/cgi-bin/encoder?SNAPSHOT' }],
  // Grandstream, GXV36xx manuals: /<stream>.
  Grandstream: [{ main: '/0', sub: '/4', snapshot: '/snapshot/view0.jpg' }],
  // Milesight, support article on RTSP.
  Milesight: [{ main: '/main', sub: '/sub' }],
  // Tiandy's integration guide: /<channel>/<stream>.
  Tiandy: [{ main: '/1/1', sub: '/1/2' }],
  // TVT's manuals of IP cameras, "RTSP".
  TVT: [TVT],
  // Provision-ISR's support page: TVT's.
  'Provision-ISR': [TVT],
  // Sunell's manuals, "RTSP".
  Sunell: [{ main: '/snl/live/1/1', sub: '/snl/live/1/2' }],
  // IDIS, "ONVIF profile" addresses.
  IDIS: [{ main: '/onvif/media?profile=Profile1', sub: '/onvif/media?profile=Profile2' }],
  // Digital Watchdog, manuals of MEGApix cameras.
  'Digital Watchdog': [{ main: '/h264', sub: '/h264_2' }],
  // foscam.com, FAQ "How to watch by RTSP".
  Foscam: [{ main: '/videoMain', sub: '/videoSub' }],
  // wiki.instar.com, "RTSP streaming".
  INSTAR: [{ ...HI3510, snapshot: '/tmpfs/snap.jpg' }],
  // ABUS, manuals of TVIP cameras: Hikvision's.
  ABUS: [HIKVISION, { main: '/video.h264' }],
  // Zavio's manuals, "RTSP streaming": video.pro<profile>.
  Zavio: [{ main: '/video.pro1', sub: '/video.pro2', snapshot: '/cgi-bin/view/image' }],
  // Annke and Swann's NHD series, support articles: Hikvision's.
  Swann: [HIKVISION],
  // VStarcam's FAQ on RTSP (port 10554).
  VStarcam: [{ main: '/tcp/av0_0', sub: '/tcp/av0_1' }],
  // Zmodo's FAQ on RTSP.
  Zmodo: [{ main: '/tcp/av0_0', sub: '/tcp/av0_1' }],
  // Yoosee's FAQ on RTSP and NVRs.
  Gwell: [{ main: '/onvif1', sub: '/onvif2' }],
  // HiSilicon's reference server ("Hipcam RealServer"), sold under many names.
  Hi3510: [HI3510],
  // github.com/alienatedsec/yi-hack-v5, wiki, "Integrating with Frigate".
  Yi: [{ main: '/ch0_0.h264', sub: '/ch0_1.h264' }],
  // Wyze, "Wyze Cam RTSP" support page.
  Wyze: [{ main: '/live' }],
  // tp-link.com, FAQ 2680 (Tapo) and 3117 (VIGI).
  'TP-Link': [{ main: '/stream1', sub: '/stream2' }],
  // D-Link, support pages of the DCS series.
  'D-Link': [
    { main: '/live1.sdp', sub: '/live2.sdp', snapshot: '/image/jpeg.cgi' },
    { main: '/play1.sdp', sub: '/play2.sdp' },
  ],
  // TRENDnet, FAQ of the TV-IP series.
  TRENDnet: [{ main: '/play1.sdp', sub: '/play2.sdp', snapshot: '/image/jpeg.cgi' }, HIKVISION],
  // Edimax, FAQ of the IC series.
  Edimax: [{ main: '/ipcam_h264.sdp', sub: '/ipcam_mjpeg.sdp', snapshot: '/jpg/image.jpg' }],
  // Ubiquiti, UniFi Video help, "RTSP" (cameras that stand alone); airCam before it.
  Ubiquiti: [
    { main: '/s0', sub: '/s1', snapshot: '/snap.jpeg' },
    { main: '/live/ch00_0', sub: '/live/ch01_0' },
  ],
};

/** By the maker's label in makers.ts. A map: what it is asked for may be whatever a device calls its maker. */
export const STREAM_PATHS: ReadonlyMap<string, readonly StreamPaths[]> = new Map(Object.entries(PATHS));

/** Of cameras whose maker is not known: what is common, most common first. */
export const USUAL_PATHS: readonly StreamPaths[] = [
  { main: '/' },
  HIKVISION,
  DAHUA,
  { main: '/stream1', sub: '/stream2' },
  HI3510,
  { main: '/live' },
  { main: '/live/ch00_0', sub: '/live/ch00_1' },
  { main: '/onvif1', sub: '/onvif2' },
  { main: '/ch0_0.h264', sub: '/ch0_1.h264' },
  { main: '/h264Preview_01_main', sub: '/h264Preview_01_sub' },
  { main: '/videoMain', sub: '/videoSub' },
  { main: '/h264' },
  { main: '/live.sdp' },
  // Phones (IP Webcam), and programs that serve a webcam.
  { main: '/h264_ulaw.sdp' },
  { main: '/cam' },
  { main: '/unicast' },
];
