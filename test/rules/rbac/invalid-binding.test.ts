import { invalidBinding } from '../../../src/rules/rbac/invalid-binding.ts';
import { testRule } from '../rule-tester.ts';
import { invalidBindingRows } from './invalid-binding-rows.ts';

testRule(invalidBinding, invalidBindingRows);
