// The control plane of Merlon's tests, demo and benchmarks: the real etcd, kube-apiserver, kube-controller-manager and
// kubectl, imported from their published modules and linked into one binary. Each part is a subcommand that takes its
// upstream flags unchanged; a link to the binary under a part's name is that part, so that a folder of four links serves
// as KUBEBUILDER_ASSETS for any project.
//
// The parts run as separate processes on purpose: a test may kill or stop one of them.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	_ "time/tzdata" // CronJob time zones

	"go.etcd.io/etcd/server/v3/etcdmain"
	_ "k8s.io/client-go/plugin/pkg/client/auth" // exec plugins for kubectl
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"          // --logging-format=json
	_ "k8s.io/component-base/metrics/prometheus/clientgo" // rest_client_* metrics, as upstream
	_ "k8s.io/component-base/metrics/prometheus/version"  // kubernetes_build_info, as upstream
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

// parts maps a subcommand to what it runs; os.Args is already what upstream's own main would see.
var parts = map[string]func() int{
	"etcd":                    runEtcd,
	"kube-apiserver":          func() int { return cli.Run(apiserver.NewAPIServerCommand()) },
	"kube-controller-manager": func() int { return cli.Run(controllermanager.NewControllerManagerCommand()) },
	"kubectl":                 runKubectl,
	"bench-informers":         runBenchInformers,
	"bench-pod-security":      runBenchPodSecurity,
	"check-pod-security":      runCheckPodSecurity,
	"transcode":               runTranscode,
}

const usage = `usage: control-plane {etcd | kube-apiserver | kube-controller-manager | kubectl} [FLAGS]
       control-plane bench-informers --kubeconfig FILE --resources v1/pods,...
       control-plane bench-pod-security FILE
       control-plane check-pod-security <QUESTIONS.jsonl
       control-plane transcode <OBJECTS.jsonl

Every part takes its upstream flags: control-plane kube-apiserver --help
A link to this binary under a part's name runs that part.
`

func main() {
	if run, ok := parts[strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe")]; ok {
		os.Exit(run())
	}
	if len(os.Args) < 2 {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	run, ok := parts[os.Args[1]]
	if !ok {
		fmt.Fprintf(os.Stderr, "control-plane: unknown part %q\n%s", os.Args[1], usage)
		os.Exit(2)
	}
	os.Args = append([]string{os.Args[1]}, os.Args[2:]...)
	os.Exit(run())
}

func runEtcd() int {
	etcdmain.Main(os.Args)
	return 0
}

func runKubectl() int {
	if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
		kubectlutil.CheckErr(err)
	}
	return 0
}
