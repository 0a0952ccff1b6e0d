export { editDistance, nearestWord } from '../errors/nearest-name.ts';
