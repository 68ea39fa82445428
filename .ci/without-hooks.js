// tap reads each module of a test through a thread of its own, to tell which lines were run. Where nobody asked for that
// it only takes time, a third of all. Loaded before tap's own part (NODE_OPTIONS come first).
import module from 'node:module';

module.register = () => {};
