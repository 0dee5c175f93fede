// The JPEG quality of all three modes: Sightline's own, when nobody asks for another.

import { snapQuality } from '../../media/picture-size.ts';

export const JPEG_QUALITY = snapQuality(null);
