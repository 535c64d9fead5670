// How Chromium is started: without a screen, with WebGL2 in software or without any.
export const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
];
/** Without a GPU and without software in its place: no WebGL. */
export const NO_WEBGL = [...ARGS.filter((a) => !/gl|swiftshader/.test(a)), "--disable-3d-apis"];
