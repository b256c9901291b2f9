/** Objects from which the rows build their streams. */

export const header = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: row}\n';
export const a = '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n';
export const b = '{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n';
export const c = '{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}\n';
export const jsonA = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}';
export const jsonB = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b"}}';
export const jsonC = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}';
