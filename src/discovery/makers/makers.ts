// Makers of cameras: by which names they go, and by what their cameras' servers give themselves away. Whose prefixes are in
// prefixes.ts is decided by `named`; whose paths are known stands in stream-paths.ts.

import { PREFIXES } from './prefixes.ts';

export interface Maker {
  /** As it is shown. */
  readonly label: string;
  /** Names in the IEEE's list of MAC prefixes, and what devices call their maker. */
  readonly named: RegExp;
  /** In a Server header or a realm. */
  readonly sign?: RegExp;
  /** What has its MAC and speaks HTTP is a camera, a recorder or a door station. */
  readonly onlyCameras?: true;
}

export const MAKERS: readonly Maker[] = [
  {
    label: 'Hikvision',
    named: /hikvision/i,
    sign: /\b(?:app-webs|dnvrs-webs|dvrdvs-webs|hikvision)\b/i,
    onlyCameras: true,
  },
  { label: 'EZVIZ', named: /\bezviz\b/i, onlyCameras: true },
  { label: 'Dahua', named: /zhejiang dahua|^dahua/i, sign: /\bdahua\b|^login to [\da-f]{8,}/im, onlyCameras: true },
  { label: 'Amcrest', named: /\bamcrest\b/i, sign: /\bamcrest\b/i, onlyCameras: true },
  { label: 'Lorex', named: /^lorex\b/i, onlyCameras: true },
  { label: 'Imou', named: /\bimou\b/i, onlyCameras: true },
  { label: 'Axis', named: /^axis(?: communications.*)?$/i, sign: /^axis[_ ]/im, onlyCameras: true },
  {
    label: 'Hanwha Vision',
    named: /hanwha (?:vision|techwin)|samsung techwin|wisenet/i,
    sign: /^ipolis/im,
    onlyCameras: true,
  },
  { label: 'Uniview', named: /\buniview\b/i, sign: /\buniview\b/i, onlyCameras: true },
  { label: 'Reolink', named: /\breolink\b/i, sign: /\breolink\b/i, onlyCameras: true },
  { label: 'Vivotek', named: /\bvivotek\b/i, sign: /\bvivotek\b|^vvtk/im, onlyCameras: true },
  { label: 'Mobotix', named: /\bmobotix\b/i, sign: /\bmobotix\b/i, onlyCameras: true },
  { label: 'Bosch', named: /bosch security|^bosch$/i, sign: /\bvcs-videojet|^bosch\b/im, onlyCameras: true },
  { label: 'i-PRO', named: /^i-?pro\b/i, onlyCameras: true },
  { label: 'Panasonic', named: /^panasonic\b/i, sign: /^panasonic network/im },
  { label: 'Sony', named: /^sony(?: corporation)?$/i, sign: /\bsony network camera/i },
  { label: 'Canon', named: /^canon(?: inc\.?)?$/i, sign: /\bvb\d{2,}/i },
  { label: 'Pelco', named: /^pelco\b/i, onlyCameras: true },
  { label: 'Avigilon', named: /^avigilon\b/i, onlyCameras: true },
  { label: 'Arecont Vision', named: /\barecont\b/i, sign: /\barecont\b/i, onlyCameras: true },
  { label: 'FLIR', named: /^flir\b/i, onlyCameras: true },
  { label: 'Honeywell', named: /^honeywell$/i },
  { label: 'GeoVision', named: /^geovision\b/i, sign: /\bgeohttpserver\b|\bgeovision\b/i, onlyCameras: true },
  { label: 'ACTi', named: /^acti\b/i, sign: /^acti\b/im, onlyCameras: true },
  { label: 'Grandstream', named: /^grandstream\b/i },
  { label: 'Milesight', named: /\bmilesight\b/i, onlyCameras: true },
  { label: 'Tiandy', named: /\btiandy\b/i, onlyCameras: true },
  { label: 'TVT', named: /^tvt\b/i, onlyCameras: true },
  { label: 'Provision-ISR', named: /^provision-isr/i, onlyCameras: true },
  { label: 'Sunell', named: /^sunell\b/i, onlyCameras: true },
  { label: 'IDIS', named: /^idis\b/i, onlyCameras: true },
  { label: 'Digital Watchdog', named: /^digital watchdog/i, onlyCameras: true },
  { label: 'Foscam', named: /\bfoscam\b/i, sign: /\bfoscam\b|^netwave ip camera/im, onlyCameras: true },
  { label: 'INSTAR', named: /^instar\b/i, sign: /^instar\b/im, onlyCameras: true },
  { label: 'ABUS', named: /^abus security/i, onlyCameras: true },
  { label: 'Zavio', named: /^zavio\b/i, onlyCameras: true },
  { label: 'Swann', named: /^swann communications/i, onlyCameras: true },
  { label: 'Zmodo', named: /^zmodo\b/i, onlyCameras: true },
  { label: 'VStarcam', named: /\bvstarcam\b/i, sign: /\bvstarcam\b/i, onlyCameras: true },
  { label: 'Gwell', named: /\bgwell(?:times)?\b|\byoosee\b/i, onlyCameras: true },
  { label: 'Xiongmai', named: /\bxiongmai\b|^h264$|^xmeye/i, sign: /\buc-httpd\b|^h264dvr\b/im, onlyCameras: true },
  { label: 'Hi3510', named: /\bhipcam\b/i, sign: /\bhipcam\b/i, onlyCameras: true },
  { label: 'Yi', named: /shanghai xiaoyi|^yi technology/i, onlyCameras: true },
  { label: 'Wyze', named: /^wyze\b/i, onlyCameras: true },
  { label: 'Arlo', named: /^arlo tech/i, onlyCameras: true },
  { label: 'TP-Link', named: /^tp-?link\b|^tapo$|^vigi$/i, sign: /\btp-?link ip-?camera/i },
  { label: 'D-Link', named: /^d-?link\b/i, sign: /^dcs-\d/im },
  { label: 'TRENDnet', named: /^trendnet\b/i, sign: /^tv-ip\d/im },
  { label: 'Edimax', named: /^edimax\b/i, sign: /^edimax ip ?cam/im },
  { label: 'Ubiquiti', named: /^ubiquiti\b/i },
  { label: 'Basler', named: /^basler ag$/i, onlyCameras: true },
  { label: 'Allied Vision', named: /^allied vision\b/i, onlyCameras: true },
  { label: 'Raspberry Pi', named: /^raspberry pi\b/i },
  { label: 'Espressif', named: /^espressif\b/i },
  { label: 'Tuya', named: /^tuya\b/i },
  { label: 'Bilian', named: /^shenzhen bilian\b/i },
];

/** Servers of cameras and of programs that make one of a computer or a phone, whoever made the device. */
export const CAMERA_SERVERS =
  /\bip[ _-]?cam(?:era)?\b|\bnetwork camera\b|\bcamera web server\b|\bwebcam(?:xp)?\b|\bmjpg-streamer\b|^motion(?:\/|-httpd)|\b[dn]vr\b|\bipc(?:amera)?-webs\b|\bdroidcam\b/im;

/** Servers of what no camera is: printers and loudspeakers. They are asked nothing more. */
export const OTHER_SERVERS =
  /\bhp[ -](?:http|chai)|\b(?:laserjet|officejet|deskjet|jetdirect)\b|\bvirata-emweb\b|\bepson|\bcanon http\b|\bkm-mfp|\bkyocera\b|\bbrother\b|^debut\/|\blexmark\b|\bricoh\b|\bxerox\b|\bcups\b|\bipp\b|\bairtunes\b|\bsonos\b|\broku\b/im;

const BY_PREFIX: ReadonlyMap<string, string> = new Map(
  Object.entries(PREFIXES).flatMap(([label, list]) =>
    list.split(' ').map((prefix): [string, string] => [prefix, label]),
  ),
);

/** Lengths of the prefixes that the IEEE sells (MA-S, MA-M, MA-L), in hex digits, longest first. */
const PREFIX_LENGTHS = [9, 7, 6];

/** A maker of cameras by the MAC (small letters with colons); null for others', and for those that a device made up. */
export function makerByMac(mac: string): string | null {
  const digits = mac.replaceAll(':', '');
  const isLocal = (parseInt(digits.slice(0, 2), 16) & 2) !== 0;
  if (isLocal) return null;
  for (const length of PREFIX_LENGTHS) {
    const maker = BY_PREFIX.get(digits.slice(0, length));
    if (maker !== undefined) return maker;
  }
  return null;
}

/** A maker by what a server says of itself: Server header and realm, a line each. */
export function makerBySign(said: string): string | null {
  return MAKERS.find(({ sign }) => sign?.test(said) === true)?.label ?? null;
}

/** How the table calls a maker that a device names; the name itself when the table does not know it. */
export function makerNamed(name: string): string {
  return MAKERS.find(({ named }) => named.test(name))?.label ?? name;
}

/** True for a maker whose devices with pages are cameras. */
export function makesOnlyCameras(label: string): boolean {
  return MAKERS.some((maker) => maker.label === label && maker.onlyCameras === true);
}
