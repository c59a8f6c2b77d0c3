import type { Permission } from '@/types/api';

/** Where the text of a scope is; a colon in a name would mean something else to the library. */
export const scopeText = (scope: Permission) => `keys.scope.${scope.replace(':', '_')}`;
