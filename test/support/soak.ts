/** `npm run test:soak` looks longer: more tries, more moments. */
export const isSoak = process.env['SLIPWAY_SOAK'] === '1';
