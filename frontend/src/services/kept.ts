import { http } from '@/services/http';
import type { Json, Page, Secret, Variable } from '@/types/api';

const SECRETS = '/workflow/secrets';
const VARIABLES = '/workflow/variables';

interface Wish<T> {
  value: T;
  description?: string;
}

const at = (root: string, name: string) => `${root}/${encodeURIComponent(name)}`;

/** What workflows find under `secrets` and `vars`. */
export const kept = {
  secrets: (cursor?: string) => http.get<Page<Secret>>(SECRETS, { cursor, limit: 50 }),
  putSecret: (name: string, wish: Wish<string>) => http.put<Secret>(at(SECRETS, name), wish),
  removeSecret: (name: string) => http.delete<null>(at(SECRETS, name)),
  variables: (cursor?: string) => http.get<Page<Variable>>(VARIABLES, { cursor, limit: 50 }),
  putVariable: (name: string, wish: Wish<Json>) => http.put<Variable>(at(VARIABLES, name), wish),
  removeVariable: (name: string) => http.delete<null>(at(VARIABLES, name)),
};
