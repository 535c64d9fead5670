// What the map needs once there are dots: tails, and the dot under the pointer. Loaded after the first dots.
export { Trail } from '../model/trail';
export { nearest } from './nearest';
export { TailsGl } from './tails';
