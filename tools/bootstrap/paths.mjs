import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MODEL_DIRECTORY = 'models/efficientnet-lite0/1';

/** Where everything lies. Built from this file's own place, so that the current folder and spaces in paths do not matter. */
export function createPaths(root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))) {
  const state = join(root, '.precedent');
  return {
    root,
    state,
    stamps: join(state, 'stamps'),
    lock: join(state, 'bootstrap.lock'),
    npmNote: join(state, 'npm-ci.json'),
    lockfile: join(root, 'package-lock.json'),
    nodeModules: join(root, 'node_modules'),
    model: join(root, MODEL_DIRECTORY, 'model.onnx'),
    modelLock: join(root, MODEL_DIRECTORY, 'model.lock.json'),
    modelTools: join(root, 'tools', 'models'),
    milvusLiteTools: join(root, 'tools', 'milvus-lite'),
    peersTools: join(root, 'tools', 'peers'),
    venvModels: join(state, 'venv-models'),
    venvMilvusLite: join(state, 'venv-milvus-lite'),
    venvPeers: join(state, 'venv-peers'),
    deidPeersTools: join(root, 'tools', 'peers', 'deid'),
    venvDeidPeers: join(state, 'venv-deid-peers'),
  };
}
