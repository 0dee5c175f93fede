// The headers that tell browsers what our answers may be used for: where scripts and pictures of our pages come from,
// and who may frame or embed them. The gateway sends them with everything.

/**
 * Helmet's options, without what breaks the product's main line: no upgrade to https (the page would lose its scripts at a LAN
 * address), no HSTS, and nothing that browsers honour only on https. Media routes set their own resource policy.
 */
export const securityHeaders = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      styleSrc: ["'self'", "'unsafe-inline'"],
      objectSrc: ["'none'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'self'"],
    },
  },
  crossOriginResourcePolicy: { policy: 'same-origin' },
  crossOriginOpenerPolicy: false,
  crossOriginEmbedderPolicy: false,
  originAgentCluster: false,
  strictTransportSecurity: false,
  referrerPolicy: { policy: 'no-referrer' },
} as const;
