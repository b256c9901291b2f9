/**
 * Where people write down what kube-apiserver is started with, for what rules about the API server advise.
 *
 * Source: the references of kubeadm (ClusterConfiguration v1beta4), k3s and RKE2, Talos and kOps.
 */

/** @param flags as `--profiling=false`; what they are for may follow */
export function startWith(flags: string): string {
  return `Start kube-apiserver with ${flags}: under apiServer.extraArgs in a kubeadm ClusterConfiguration, as kube-apiserver-arg in k3s and RKE2, under cluster.apiServer.extraArgs in Talos, under kubeAPIServer in kOps; on managed clusters the provider decides.`;
}

/** @param flags as `--token-auth-file` */
export function startWithout(flags: string): string {
  return `Start kube-apiserver without ${flags}: take it out of apiServer.extraArgs in a kubeadm ClusterConfiguration, of kube-apiserver-arg in k3s and RKE2, of cluster.apiServer.extraArgs in Talos, of kubeAPIServer in kOps; on managed clusters the provider decides.`;
}

/** A file that kube-apiserver is started with; to be read after what has to be written in it. */
export function inFileOf(flag: string): string {
  return `The file is named by ${flag}, and has to be where kube-apiserver can read it: by apiServer.extraArgs and extraVolumes in a kubeadm ClusterConfiguration, by kube-apiserver-arg in k3s and RKE2, by cluster.apiServer in Talos, by kubeAPIServer and fileAssets in kOps; on managed clusters the provider decides.`;
}
