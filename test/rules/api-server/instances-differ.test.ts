import { instancesDiffer } from '../../../src/rules/api-server/instances-differ.ts';
import { apiServerWith } from '../evidence.ts';
import { fullEvidence } from '../../core/evidence-samples.ts';
import { testRule } from '../rule-tester.ts';

const hashes = { one: `sha256:${'1'.repeat(64)}`, other: `sha256:${'2'.repeat(64)}` };

testRule(instancesDiffer, [
  {
    name: 'one API server alone differs from nobody',
    yaml: '',
    evidence: apiServerWith({ profiling: true }),
    notApplicable: /^one API server is known$/,
  },
  {
    name: 'API servers that are alike pass',
    yaml: '',
    servers: [
      { instance: 'a:6443', evidence: fullEvidence() },
      { instance: 'b:6443', evidence: fullEvidence({ anonymousRequests: { unobserved: 'nobody may ask' } }) },
    ],
    passes: true,
  },
  {
    name: 'each fact in which they differ fails, and names them',
    yaml: '',
    servers: [
      { instance: 'a:6443', evidence: apiServerWith({ profiling: true, minorVersion: 36 }) },
      { instance: 'b:6443', evidence: apiServerWith({ profiling: false, minorVersion: 37 }) },
    ],
    fails: [{ path: 'minorVersion' }, { path: 'profiling', message: /a:6443 true, b:6443 false; set them up alike$/ }],
  },
  {
    name: 'another program is one difference, also where it serves another version',
    yaml: '',
    servers: [
      { instance: 'a:6443', evidence: apiServerWith({ minorVersion: 36, binaryMinor: 36 }) },
      { instance: 'b:6443', evidence: apiServerWith({ minorVersion: 37, binaryMinor: 37 }) },
    ],
    fails: ['minorVersion'],
  },
  {
    name: 'so it is where it emulates the version of the other',
    yaml: '',
    servers: [
      { instance: 'a:6443', evidence: apiServerWith({ minorVersion: 36, binaryMinor: 36 }) },
      { instance: 'b:6443', evidence: apiServerWith({ minorVersion: 36, binaryMinor: 37 }) },
    ],
    fails: ['binaryMinor'],
  },
  {
    name: 'a file that says other things than that of another fails, by its flag and both hashes',
    yaml: '',
    servers: [
      { instance: 'a:6443', evidence: apiServerWith({ authorizationConfiguration: hashes.one }) },
      { instance: 'b:6443', evidence: apiServerWith({ authorizationConfiguration: hashes.other }) },
    ],
    fails: [
      {
        path: 'authorizationConfiguration',
        message:
          /^API servers differ in authorizationConfiguration \(the hash of the file of --authorization-config; none where there is none\): a:6443 "sha256:1{64}", b:6443 "sha256:2{64}"; set them up alike$/,
      },
    ],
  },
  {
    name: 'so does a file that another has not',
    yaml: '',
    servers: [
      { instance: 'a:6443', evidence: fullEvidence(apiServerWith({ encryptionConfiguration: hashes.one })) },
      { instance: 'b:6443', evidence: fullEvidence() },
    ],
    fails: ['encryptionConfiguration'],
  },
  {
    name: 'the same files pass',
    yaml: '',
    servers: [
      { instance: 'a:6443', evidence: fullEvidence(apiServerWith({ authenticationConfiguration: hashes.one })) },
      { instance: 'b:6443', evidence: fullEvidence(apiServerWith({ authenticationConfiguration: hashes.one })) },
    ],
    passes: true,
  },
  {
    name: 'that the certificate of one of them ends soon is no difference: each has its own',
    yaml: '',
    servers: [
      { instance: 'a:6443', evidence: fullEvidence() },
      { instance: 'b:6443', evidence: fullEvidence(apiServerWith({ servingCertificate: 'endsSoon' })) },
    ],
    passes: true,
  },
  {
    name: 'nor is it that it is over, which api-server-serving-certificate tells',
    yaml: '',
    servers: [
      { instance: 'a:6443', evidence: fullEvidence() },
      { instance: 'b:6443', evidence: fullEvidence(apiServerWith({ servingCertificate: 'expired' })) },
    ],
    passes: true,
  },
  {
    name: 'nor that it could not be seen',
    yaml: '',
    servers: [
      { instance: 'a:6443', evidence: fullEvidence() },
      { instance: 'b:6443', evidence: fullEvidence({ servingCertificate: { unobserved: 'a proxy' } }) },
    ],
    passes: true,
  },
  {
    name: 'what is not known of one of them may be a difference',
    yaml: '',
    servers: [
      { instance: 'a:6443', evidence: fullEvidence() },
      { instance: 'b:6443', evidence: fullEvidence({ profiling: { unobserved: 'grant get on the URL /flagz' } }) },
    ],
    unknown: /^one fact is not known of every API server \(profiling\): b:6443: grant get on the URL \/flagz$/,
  },
  {
    name: 'so may what is not known of any',
    yaml: '',
    servers: [
      { instance: 'a:6443', evidence: apiServerWith({ unknownUserAllowed: false }) },
      { instance: 'b:6443', evidence: apiServerWith({ unknownUserAllowed: false }) },
    ],
    unknown:
      /^\d+ facts are not known of every API server \(minorVersion, binaryMinor, anonymousAuthentication, …\): a:6443: /,
  },
]);
