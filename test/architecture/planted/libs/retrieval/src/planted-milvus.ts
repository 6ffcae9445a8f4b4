// expect: sole-home-case-index
export type { MilvusClient } from '@zilliz/milvus2-sdk-node';
