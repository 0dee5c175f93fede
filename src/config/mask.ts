// Takes user names and passwords out of text that a person or a log will see: addresses that were read and,
// more roughly, whatever could not be read as an address.

/** Names of query parameters whose values cameras take as secrets (`/snapshot.cgi?user=admin&pwd=secret`). */
const SECRET_PARAMETER =
  /([?&;](?:loginuse|loginpas|usr|user|username|pwd|pass|passwd|password|token|access_token|auth|key|apikey|api_key|secret|sid)=)[^&;#\s]*/gi;

/** Masks user info (`rtsp://***@host/`) and the values of query parameters that hold secrets. */
export function maskSecrets(text: string): string {
  return maskQuery(text.replace(/:\/\/[^\n]*@/g, '://***@').replace(/^(?!\S*:\/\/)[^\s/]*:\S*@/, '***@'));
}

/** Masks what stands in a path and query that were already told apart from the user info. */
export function maskQuery(text: string): string {
  return text.replace(SECRET_PARAMETER, '$1***').replace(/:\/\/[^/\s]*@/g, '://***@');
}
