// expect: archive-imports-only-its-list
import { spaceId } from '@precedent/retrieval';

export const planted = spaceId;
