import { invalidRole } from '../../../src/rules/rbac/invalid-role.ts';
import { testRule } from '../rule-tester.ts';
import { invalidRoleRows } from './invalid-role-rows.ts';

testRule(invalidRole, invalidRoleRows);
