// What onvif-device.ts answers, written as makers' devices write it.

import { onvifAnswer } from '../fixtures/onvif-answers.ts';

export function envelope(content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:tr2="http://www.onvif.org/ver20/media/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema"><SOAP-ENV:Body>${content}</SOAP-ENV:Body></SOAP-ENV:Envelope>`;
}

export function timeResponse(time: Date): string {
  const of = (name: string, value: number): string => `<tt:${name}>${value}</tt:${name}>`;
  const clock =
    of('Hour', time.getUTCHours()) + of('Minute', time.getUTCMinutes()) + of('Second', time.getUTCSeconds());
  const day = of('Year', time.getUTCFullYear()) + of('Month', time.getUTCMonth() + 1) + of('Day', time.getUTCDate());
  const utc = `<tt:UTCDateTime><tt:Time>${clock}</tt:Time><tt:Date>${day}</tt:Date></tt:UTCDateTime>`;
  const told = `<tt:DateTimeType>Manual</tt:DateTimeType><tt:TimeZone><tt:TZ>CET-1</tt:TZ></tt:TimeZone>${utc}`;
  return `<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime>${told}</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`;
}

export function servicesResponse(host: string, hasMedia2: boolean): string {
  const service = (namespace: string, path: string): string =>
    `<tds:Service><tds:Namespace>http://www.onvif.org/${namespace}/wsdl</tds:Namespace><tds:XAddr>http://${host}/onvif/${path}</tds:XAddr></tds:Service>`;
  const all = service('ver10/device', 'device_service') + service('ver10/media', 'media');
  return `<tds:GetServicesResponse>${all}${hasMedia2 ? service('ver20/media', 'media2') : ''}</tds:GetServicesResponse>`;
}

export function uriResponse(text: string, operation: string, uri: string): string {
  const inMedia2 = text.includes(`<tr2:${operation}`);
  return inMedia2
    ? `<tr2:${operation}Response><tr2:Uri>${uri}</tr2:Uri></tr2:${operation}Response>`
    : `<trt:${operation}Response><trt:MediaUri><tt:Uri>${uri}</tt:Uri></trt:MediaUri></trt:${operation}Response>`;
}

export function tokenOf(text: string): string {
  return /ProfileToken>([^<]*)</.exec(text)?.[1] ?? '';
}

/** What stands in the body of an answer kept as a file. */
export function inner(name: string): string {
  return /<[\w-]+:Body>(.*)<\/[\w-]+:Body>/s.exec(onvifAnswer(name).toString())?.[1] ?? '';
}
