// SOAP 1.2 as ONVIF speaks it (SOAP 1.2, 5; ONVIF Core, 5): envelopes that we write, with a WS-Security UsernameToken
// where somebody logs in (UsernameToken Profile 1.1, 3.1), and what an answer says, faults of SOAP 1.1 and 1.2 alike.

import { createHash } from 'node:crypto';
import type { Login } from './types.ts';
import { escapeXml, parseXml, type XmlElement } from './xml.ts';

/** What stands under which prefix in the bodies that we write. */
const NAMESPACES =
  ' xmlns:tds="http://www.onvif.org/ver10/device/wsdl"' +
  ' xmlns:trt="http://www.onvif.org/ver10/media/wsdl"' +
  ' xmlns:tr2="http://www.onvif.org/ver20/media/wsdl"' +
  ' xmlns:tt="http://www.onvif.org/ver10/schema"';

const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const DIGEST = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest';
const BASE64 = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary';

/** A message; `header` as `usernameToken` writes it, or empty. */
export function writeEnvelope(header: string, body: string): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"${NAMESPACES}>` +
    `<s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`
  );
}

export interface TokenMoment {
  /** 16 random bytes, new for each message. */
  readonly nonce: Buffer;
  /** By the device's clock: ISO 8601, UTC. */
  readonly created: string;
}

/** The header that proves to know the password without telling it: Base64(SHA-1(nonce + created + password)). */
export function usernameToken(login: Login, { nonce, created }: TokenMoment): string {
  const digest = createHash('sha1').update(nonce).update(created).update(login.password).digest('base64');
  return (
    `<wsse:Security s:mustUnderstand="1" xmlns:wsse="${WSSE}" xmlns:wsu="${WSU}"><wsse:UsernameToken>` +
    `<wsse:Username>${escapeXml(login.username)}</wsse:Username>` +
    `<wsse:Password Type="${DIGEST}">${digest}</wsse:Password>` +
    `<wsse:Nonce EncodingType="${BASE64}">${nonce.toString('base64')}</wsse:Nonce>` +
    `<wsu:Created>${created}</wsu:Created></wsse:UsernameToken></wsse:Security>`
  );
}

/** What an answer holds: the first element of its body, or why there is none. */
export type SoapAnswer =
  | { readonly kind: 'result'; readonly result: XmlElement }
  | { readonly kind: 'fault'; readonly refused: boolean; readonly reason: string };

/** Faults that mean: log in, or not like that. */
const REFUSALS = /NotAuthorized|FailedAuthentication|InvalidSecurity|Unauthorized|FailedCheck|SenderNotAuthorized/i;

/** Reads an answer. Throws `camera-protocol` when it is no envelope. */
export function readEnvelope(bytes: Uint8Array, operation: string): SoapAnswer {
  const body = parseXml(bytes).child('Envelope', 'Body');
  const fault = body?.child('Fault');
  if (fault) return readFault(fault);
  const result = body?.child(`${operation}Response`);
  if (result) return { kind: 'result', result };
  return { kind: 'fault', refused: false, reason: `it answered something else than ${operation}Response` };
}

/** Codes are words of the standard; the text beside them is the device's and is used to recognise a refusal only. */
function readFault(fault: XmlElement): SoapAnswer {
  const codes = [fault.textOf('faultcode'), ...fault.find('Code').flatMap((code) => code.find('Value').map(textOf))];
  const words = codes.map((code) => code.slice(code.indexOf(':') + 1)).filter((word) => /^\w{1,64}$/.test(word));
  const told = fault.textOf('Reason', 'Text') || fault.textOf('faultstring');
  const refused = words.some((word) => REFUSALS.test(word)) || /not\s*authori[sz]ed|unauthori[sz]ed/i.test(told);
  return { kind: 'fault', refused, reason: `it refused (${words.at(-1) ?? 'no code'})` };
}

function textOf(element: XmlElement): string {
  return element.text;
}
