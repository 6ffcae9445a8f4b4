// expect: sole-home-inference
export { Tensor } from 'onnxruntime-node';
