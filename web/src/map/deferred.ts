// What the map needs once there are dots, in a file of its own: tails, and who is under the pointer.
export { Trail } from '../model/trail';
export { nearest } from './nearest';
export { TailsGl } from './tails';
