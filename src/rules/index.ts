/** GENERATED from the files of src/rules by "make generate". */
import type { AnyRule } from '../core/rule.ts';
import { abacAuthorizer as apiServerAbacAuthorizer } from './api-server/abac-authorizer.ts';
import { alwaysAdmit as apiServerAlwaysAdmit } from './api-server/always-admit.ts';
import { alwaysAllow as apiServerAlwaysAllow } from './api-server/always-allow.ts';
import { alwaysPullImages as apiServerAlwaysPullImages } from './api-server/always-pull-images.ts';
import { anonymousRequests as apiServerAnonymousRequests } from './api-server/anonymous-requests.ts';
import { auditRetention as apiServerAuditRetention } from './api-server/audit-retention.ts';
import { auditing as apiServerAuditing } from './api-server/auditing.ts';
import { authenticationMethods as apiServerAuthenticationMethods } from './api-server/authentication-methods.ts';
import { authorizationWebhook as apiServerAuthorizationWebhook } from './api-server/authorization-webhook.ts';
import { clientAuthority as apiServerClientAuthority } from './api-server/client-authority.ts';
import { etcdConnection as apiServerEtcdConnection } from './api-server/etcd-connection.ts';
import { eventRateLimit as apiServerEventRateLimit } from './api-server/event-rate-limit.ts';
import { execAdmission as apiServerExecAdmission } from './api-server/exec-admission.ts';
import { extendedTokens as apiServerExtendedTokens } from './api-server/extended-tokens.ts';
import { externalIdentities as apiServerExternalIdentities } from './api-server/external-identities.ts';
import { frontProxyAuthority as apiServerFrontProxyAuthority } from './api-server/front-proxy-authority.ts';
import { frontProxyNames as apiServerFrontProxyNames } from './api-server/front-proxy-names.ts';
import { insecurePort as apiServerInsecurePort } from './api-server/insecure-port.ts';
import { instancesDiffer as apiServerInstancesDiffer } from './api-server/instances-differ.ts';
import { kubeletConnection as apiServerKubeletConnection } from './api-server/kubelet-connection.ts';
import { legacyAdmissionControl as apiServerLegacyAdmissionControl } from './api-server/legacy-admission-control.ts';
import { namespaceLifecycle as apiServerNamespaceLifecycle } from './api-server/namespace-lifecycle.ts';
import { nodeAuthorizer as apiServerNodeAuthorizer } from './api-server/node-authorizer.ts';
import { nodeRestriction as apiServerNodeRestriction } from './api-server/node-restriction.ts';
import { podSecurityAdmission as apiServerPodSecurityAdmission } from './api-server/pod-security-admission.ts';
import { profiling as apiServerProfiling } from './api-server/profiling.ts';
import { rbacAuthorizer as apiServerRbacAuthorizer } from './api-server/rbac-authorizer.ts';
import { requestTimeout as apiServerRequestTimeout } from './api-server/request-timeout.ts';
import { secretsEncryption as apiServerSecretsEncryption } from './api-server/secrets-encryption.ts';
import { serviceAccountAdmission as apiServerServiceAccountAdmission } from './api-server/service-account-admission.ts';
import { serviceAccountKey as apiServerServiceAccountKey } from './api-server/service-account-key.ts';
import { serviceAccountLookup as apiServerServiceAccountLookup } from './api-server/service-account-lookup.ts';
import { serviceExternalIps as apiServerServiceExternalIps } from './api-server/service-external-ips.ts';
import { servingCertificate as apiServerServingCertificate } from './api-server/serving-certificate.ts';
import { servingCertificateFile as apiServerServingCertificateFile } from './api-server/serving-certificate-file.ts';
import { sourcesDiffer as apiServerSourcesDiffer } from './api-server/sources-differ.ts';
import { staticCredentials as apiServerStaticCredentials } from './api-server/static-credentials.ts';
import { supportedVersion as apiServerSupportedVersion } from './api-server/supported-version.ts';
import { tlsCiphers as apiServerTlsCiphers } from './api-server/tls-ciphers.ts';
import { tlsVersion as apiServerTlsVersion } from './api-server/tls-version.ts';
import { versionSkew as apiServerVersionSkew } from './api-server/version-skew.ts';
import { absentService as apiServiceAbsentService } from './api-service/absent-service.ts';
import { builtInGroup as apiServiceBuiltInGroup } from './api-service/built-in-group.ts';
import { tlsVerification as apiServiceTlsVerification } from './api-service/tls-verification.ts';
import { annotation as exemptionAnnotation } from './exemption/annotation.ts';
import { podSecurityLabels as namespacePodSecurityLabels } from './namespace/pod-security-labels.ts';
import { podSecurityLevel as namespacePodSecurityLevel } from './namespace/pod-security-level.ts';
import { podSecurityVersion as namespacePodSecurityVersion } from './namespace/pod-security-version.ts';
import { predefinedMissing as namespacePredefinedMissing } from './namespace/predefined-missing.ts';
import { addedCapabilities as podAddedCapabilities } from './pod/added-capabilities.ts';
import { apparmorProfile as podApparmorProfile } from './pod/apparmor-profile.ts';
import { capabilities as podCapabilities } from './pod/capabilities.ts';
import { capabilitiesRestricted as podCapabilitiesRestricted } from './pod/capabilities-restricted.ts';
import { csiDrivers as podCsiDrivers } from './pod/csi-drivers.ts';
import { defaultNamespace as podDefaultNamespace } from './pod/default-namespace.ts';
import { environmentSecrets as podEnvironmentSecrets } from './pod/environment-secrets.ts';
import { execReach as podExecReach } from './pod/exec-reach.ts';
import { flexVolumes as podFlexVolumes } from './pod/flex-volumes.ts';
import { fsGroup as podFsGroup } from './pod/fs-group.ts';
import { hostNamespaces as podHostNamespaces } from './pod/host-namespaces.ts';
import { hostPathVolumes as podHostPathVolumes } from './pod/host-path-volumes.ts';
import { hostPaths as podHostPaths } from './pod/host-paths.ts';
import { hostPorts as podHostPorts } from './pod/host-ports.ts';
import { hostProbes as podHostProbes } from './pod/host-probes.ts';
import { hostUsers as podHostUsers } from './pod/host-users.ts';
import { idFloor as podIdFloor } from './pod/id-floor.ts';
import { imageDigest as podImageDigest } from './pod/image-digest.ts';
import { imagePullPolicy as podImagePullPolicy } from './pod/image-pull-policy.ts';
import { imageRegistry as podImageRegistry } from './pod/image-registry.ts';
import { imageTag as podImageTag } from './pod/image-tag.ts';
import { mandatoryAccessControl as podMandatoryAccessControl } from './pod/mandatory-access-control.ts';
import { memoryLimit as podMemoryLimit } from './pod/memory-limit.ts';
import { naked as podNaked } from './pod/naked.ts';
import { netRaw as podNetRaw } from './pod/net-raw.ts';
import { privilegeEscalation as podPrivilegeEscalation } from './pod/privilege-escalation.ts';
import { privileged as podPrivileged } from './pod/privileged.ts';
import { procMount as podProcMount } from './pod/proc-mount.ts';
import { procMountRestricted as podProcMountRestricted } from './pod/proc-mount-restricted.ts';
import { readOnlyRootFilesystem as podReadOnlyRootFilesystem } from './pod/read-only-root-filesystem.ts';
import { restrictedVolumes as podRestrictedVolumes } from './pod/restricted-volumes.ts';
import { rootGroups as podRootGroups } from './pod/root-groups.ts';
import { runAsGroup as podRunAsGroup } from './pod/run-as-group.ts';
import { runAsNonRoot as podRunAsNonRoot } from './pod/run-as-non-root.ts';
import { runAsRootUser as podRunAsRootUser } from './pod/run-as-root-user.ts';
import { runAsUser as podRunAsUser } from './pod/run-as-user.ts';
import { runtimeClass as podRuntimeClass } from './pod/runtime-class.ts';
import { runtimeSocket as podRuntimeSocket } from './pod/runtime-socket.ts';
import { seccompProfile as podSeccompProfile } from './pod/seccomp-profile.ts';
import { seccompUnconfined as podSeccompUnconfined } from './pod/seccomp-unconfined.ts';
import { secretEnvironment as podSecretEnvironment } from './pod/secret-environment.ts';
import { selinuxOptions as podSelinuxOptions } from './pod/selinux-options.ts';
import { sensitiveHostPaths as podSensitiveHostPaths } from './pod/sensitive-host-paths.ts';
import { supplementalGroups as podSupplementalGroups } from './pod/supplemental-groups.ts';
import { sysctls as podSysctls } from './pod/sysctls.ts';
import { volumeTypes as podVolumeTypes } from './pod/volume-types.ts';
import { windowsHostProcess as podWindowsHostProcess } from './pod/windows-host-process.ts';
import { privilegeEscalation as pspPrivilegeEscalation } from './psp/privilege-escalation.ts';
import { privileged as pspPrivileged } from './psp/privileged.ts';
import { runAsAny as pspRunAsAny } from './psp/run-as-any.ts';
import { unused as pspUnused } from './psp/unused.ts';
import { volumes as pspVolumes } from './psp/volumes.ts';
import { adminPath as rbacAdminPath } from './rbac/admin-path.ts';
import { aggregationCycle as rbacAggregationCycle } from './rbac/aggregation-cycle.ts';
import { anonymousGrants as rbacAnonymousGrants } from './rbac/anonymous-grants.ts';
import { apiServicesWrite as rbacApiServicesWrite } from './rbac/api-services-write.ts';
import { bind as rbacBind } from './rbac/bind.ts';
import { certificatesApprove as rbacCertificatesApprove } from './rbac/certificates-approve.ts';
import { configurationRead as rbacConfigurationRead } from './rbac/configuration-read.ts';
import { controlPlaneDisturb as rbacControlPlaneDisturb } from './rbac/control-plane-disturb.ts';
import { customResourcesDefine as rbacCustomResourcesDefine } from './rbac/custom-resources-define.ts';
import { danglingRole as rbacDanglingRole } from './rbac/dangling-role.ts';
import { deadBinding as rbacDeadBinding } from './rbac/dead-binding.ts';
import { deadRule as rbacDeadRule } from './rbac/dead-rule.ts';
import { destroy as rbacDestroy } from './rbac/destroy.ts';
import { devicesForge as rbacDevicesForge } from './rbac/devices-forge.ts';
import { escalate as rbacEscalate } from './rbac/escalate.ts';
import { eventsForge as rbacEventsForge } from './rbac/events-forge.ts';
import { everybodyGrants as rbacEverybodyGrants } from './rbac/everybody-grants.ts';
import { execIntoPrivileged as rbacExecIntoPrivileged } from './rbac/exec-into-privileged.ts';
import { expectations as rbacExpectations } from './rbac/expectations.ts';
import { impersonateAny as rbacImpersonateAny } from './rbac/impersonate-any.ts';
import { impersonateExtras as rbacImpersonateExtras } from './rbac/impersonate-extras.ts';
import { impersonationConstrained as rbacImpersonationConstrained } from './rbac/impersonation-constrained.ts';
import { invalidBinding as rbacInvalidBinding } from './rbac/invalid-binding.ts';
import { invalidRole as rbacInvalidRole } from './rbac/invalid-role.ts';
import { mutatingAdmissionWrite as rbacMutatingAdmissionWrite } from './rbac/mutating-admission-write.ts';
import { namespacesChange as rbacNamespacesChange } from './rbac/namespaces-change.ts';
import { networkPoliciesWrite as rbacNetworkPoliciesWrite } from './rbac/network-policies-write.ts';
import { nodeCertificates as rbacNodeCertificates } from './rbac/node-certificates.ts';
import { nodesProxy as rbacNodesProxy } from './rbac/nodes-proxy.ts';
import { nodesRead as rbacNodesRead } from './rbac/nodes-read.ts';
import { nodesWrite as rbacNodesWrite } from './rbac/nodes-write.ts';
import { permissionsAsk as rbacPermissionsAsk } from './rbac/permissions-ask.ts';
import { persistentVolumesCreate as rbacPersistentVolumesCreate } from './rbac/persistent-volumes-create.ts';
import { podsBind as rbacPodsBind } from './rbac/pods-bind.ts';
import { podsChange as rbacPodsChange } from './rbac/pods-change.ts';
import { podsCreate as rbacPodsCreate } from './rbac/pods-create.ts';
import { podsDelete as rbacPodsDelete } from './rbac/pods-delete.ts';
import { podsExec as rbacPodsExec } from './rbac/pods-exec.ts';
import { podsProxy as rbacPodsProxy } from './rbac/pods-proxy.ts';
import { predefinedBinding as rbacPredefinedBinding } from './rbac/predefined-binding.ts';
import { predefinedMissing as rbacPredefinedMissing } from './rbac/predefined-missing.ts';
import { predefinedRole as rbacPredefinedRole } from './rbac/predefined-role.ts';
import { predefinedRoleBound as rbacPredefinedRoleBound } from './rbac/predefined-role-bound.ts';
import { rolesWrite as rbacRolesWrite } from './rbac/roles-write.ts';
import { secretsCreate as rbacSecretsCreate } from './rbac/secrets-create.ts';
import { secretsRead as rbacSecretsRead } from './rbac/secrets-read.ts';
import { securityContextConstraintsUse as rbacSecurityContextConstraintsUse } from './rbac/security-context-constraints-use.ts';
import { serviceAccountsChange as rbacServiceAccountsChange } from './rbac/service-accounts-change.ts';
import { storageWrite as rbacStorageWrite } from './rbac/storage-write.ts';
import { systemConfigMapsWrite as rbacSystemConfigMapsWrite } from './rbac/system-config-maps-write.ts';
import { tokensCreate as rbacTokensCreate } from './rbac/tokens-create.ts';
import { trafficRedirect as rbacTrafficRedirect } from './rbac/traffic-redirect.ts';
import { trustBundles as rbacTrustBundles } from './rbac/trust-bundles.ts';
import { validatingAdmissionWrite as rbacValidatingAdmissionWrite } from './rbac/validating-admission-write.ts';
import { wildcards as rbacWildcards } from './rbac/wildcards.ts';
import { absent as serviceAccountAbsent } from './service-account/absent.ts';
import { absentBound as serviceAccountAbsentBound } from './service-account/absent-bound.ts';
import { becomesAdmin as serviceAccountBecomesAdmin } from './service-account/becomes-admin.ts';
import { defaultBound as serviceAccountDefaultBound } from './service-account/default-bound.ts';
import { defaultTokenMount as serviceAccountDefaultTokenMount } from './service-account/default-token-mount.ts';
import { defaultUsed as serviceAccountDefaultUsed } from './service-account/default-used.ts';
import { shared as serviceAccountShared } from './service-account/shared.ts';
import { tokenAudience as serviceAccountTokenAudience } from './service-account/token-audience.ts';
import { tokenLifetime as serviceAccountTokenLifetime } from './service-account/token-lifetime.ts';
import { tokenMounted as serviceAccountTokenMounted } from './service-account/token-mounted.ts';
import { tokenSecret as serviceAccountTokenSecret } from './service-account/token-secret.ts';
import { unused as serviceAccountUnused } from './service-account/unused.ts';
import { absentService as webhookAbsentService } from './webhook/absent-service.ts';
import { caBundle as webhookCaBundle } from './webhook/ca-bundle.ts';
import { controlPlane as webhookControlPlane } from './webhook/control-plane.ts';
import { failsOpen as webhookFailsOpen } from './webhook/fails-open.ts';
import { overBroad as webhookOverBroad } from './webhook/over-broad.ts';
import { timeout as webhookTimeout } from './webhook/timeout.ts';

/** Every rule of this Merlon, by id. */
export const rules: readonly AnyRule[] = [
  apiServerAbacAuthorizer,
  apiServerAlwaysAdmit,
  apiServerAlwaysAllow,
  apiServerAlwaysPullImages,
  apiServerAnonymousRequests,
  apiServerAuditRetention,
  apiServerAuditing,
  apiServerAuthenticationMethods,
  apiServerAuthorizationWebhook,
  apiServerClientAuthority,
  apiServerEtcdConnection,
  apiServerEventRateLimit,
  apiServerExecAdmission,
  apiServerExtendedTokens,
  apiServerExternalIdentities,
  apiServerFrontProxyAuthority,
  apiServerFrontProxyNames,
  apiServerInsecurePort,
  apiServerInstancesDiffer,
  apiServerKubeletConnection,
  apiServerLegacyAdmissionControl,
  apiServerNamespaceLifecycle,
  apiServerNodeAuthorizer,
  apiServerNodeRestriction,
  apiServerPodSecurityAdmission,
  apiServerProfiling,
  apiServerRbacAuthorizer,
  apiServerRequestTimeout,
  apiServerSecretsEncryption,
  apiServerServiceAccountAdmission,
  apiServerServiceAccountKey,
  apiServerServiceAccountLookup,
  apiServerServiceExternalIps,
  apiServerServingCertificate,
  apiServerServingCertificateFile,
  apiServerSourcesDiffer,
  apiServerStaticCredentials,
  apiServerSupportedVersion,
  apiServerTlsCiphers,
  apiServerTlsVersion,
  apiServerVersionSkew,
  apiServiceAbsentService,
  apiServiceBuiltInGroup,
  apiServiceTlsVerification,
  exemptionAnnotation,
  namespacePodSecurityLabels,
  namespacePodSecurityLevel,
  namespacePodSecurityVersion,
  namespacePredefinedMissing,
  podAddedCapabilities,
  podApparmorProfile,
  podCapabilities,
  podCapabilitiesRestricted,
  podCsiDrivers,
  podDefaultNamespace,
  podEnvironmentSecrets,
  podExecReach,
  podFlexVolumes,
  podFsGroup,
  podHostNamespaces,
  podHostPathVolumes,
  podHostPaths,
  podHostPorts,
  podHostProbes,
  podHostUsers,
  podIdFloor,
  podImageDigest,
  podImagePullPolicy,
  podImageRegistry,
  podImageTag,
  podMandatoryAccessControl,
  podMemoryLimit,
  podNaked,
  podNetRaw,
  podPrivilegeEscalation,
  podPrivileged,
  podProcMount,
  podProcMountRestricted,
  podReadOnlyRootFilesystem,
  podRestrictedVolumes,
  podRootGroups,
  podRunAsGroup,
  podRunAsNonRoot,
  podRunAsRootUser,
  podRunAsUser,
  podRuntimeClass,
  podRuntimeSocket,
  podSeccompProfile,
  podSeccompUnconfined,
  podSecretEnvironment,
  podSelinuxOptions,
  podSensitiveHostPaths,
  podSupplementalGroups,
  podSysctls,
  podVolumeTypes,
  podWindowsHostProcess,
  pspPrivilegeEscalation,
  pspPrivileged,
  pspRunAsAny,
  pspUnused,
  pspVolumes,
  rbacAdminPath,
  rbacAggregationCycle,
  rbacAnonymousGrants,
  rbacApiServicesWrite,
  rbacBind,
  rbacCertificatesApprove,
  rbacConfigurationRead,
  rbacControlPlaneDisturb,
  rbacCustomResourcesDefine,
  rbacDanglingRole,
  rbacDeadBinding,
  rbacDeadRule,
  rbacDestroy,
  rbacDevicesForge,
  rbacEscalate,
  rbacEventsForge,
  rbacEverybodyGrants,
  rbacExecIntoPrivileged,
  rbacExpectations,
  rbacImpersonateAny,
  rbacImpersonateExtras,
  rbacImpersonationConstrained,
  rbacInvalidBinding,
  rbacInvalidRole,
  rbacMutatingAdmissionWrite,
  rbacNamespacesChange,
  rbacNetworkPoliciesWrite,
  rbacNodeCertificates,
  rbacNodesProxy,
  rbacNodesRead,
  rbacNodesWrite,
  rbacPermissionsAsk,
  rbacPersistentVolumesCreate,
  rbacPodsBind,
  rbacPodsChange,
  rbacPodsCreate,
  rbacPodsDelete,
  rbacPodsExec,
  rbacPodsProxy,
  rbacPredefinedBinding,
  rbacPredefinedMissing,
  rbacPredefinedRole,
  rbacPredefinedRoleBound,
  rbacRolesWrite,
  rbacSecretsCreate,
  rbacSecretsRead,
  rbacSecurityContextConstraintsUse,
  rbacServiceAccountsChange,
  rbacStorageWrite,
  rbacSystemConfigMapsWrite,
  rbacTokensCreate,
  rbacTrafficRedirect,
  rbacTrustBundles,
  rbacValidatingAdmissionWrite,
  rbacWildcards,
  serviceAccountAbsent,
  serviceAccountAbsentBound,
  serviceAccountBecomesAdmin,
  serviceAccountDefaultBound,
  serviceAccountDefaultTokenMount,
  serviceAccountDefaultUsed,
  serviceAccountShared,
  serviceAccountTokenAudience,
  serviceAccountTokenLifetime,
  serviceAccountTokenMounted,
  serviceAccountTokenSecret,
  serviceAccountUnused,
  webhookAbsentService,
  webhookCaBundle,
  webhookControlPlane,
  webhookFailsOpen,
  webhookOverBroad,
  webhookTimeout,
];
