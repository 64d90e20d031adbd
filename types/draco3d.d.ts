/** The package has no types of its own. What its factories fill in is described where it is used. */
declare module "draco3d/draco_decoder_nodejs.js" {
  const factory: (options: object) => Promise<object>;
  export default factory;
}
declare module "draco3d/draco_encoder_nodejs.js" {
  const factory: (options: object) => Promise<object>;
  export default factory;
}
