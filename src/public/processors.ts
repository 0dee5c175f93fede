// What a processor's file imports from 'sightline': the contract, and zod for its options and events. Light, because
// every worker thread loads it.

export { z } from 'zod';
export { defineProcessor } from '../codec/processors/contract.ts';
export type {
  Box,
  CaptureTime,
  Colour,
  Cv,
  Drawing,
  InputWishes,
  Mat,
  PixelFormat,
  Pixels,
  Point,
  ProcessorDefinition,
  ProcessorFrame,
  ProcessorResult,
  RunningProcessor,
  SetupContext,
} from '../codec/processors/contract.ts';
