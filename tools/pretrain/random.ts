export { seeded, type Random } from '../../src/learn/random.js';
