package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

// benchKinds are the built-in kinds that Merlon's operator watches; `make bench` compares like with like.
var benchKinds = []schema.GroupVersionResource{
	{Version: "v1", Resource: "namespaces"},
	{Version: "v1", Resource: "pods"},
	{Version: "v1", Resource: "serviceaccounts"},
	{Version: "v1", Resource: "replicationcontrollers"},
	{Group: "apps", Version: "v1", Resource: "deployments"},
	{Group: "apps", Version: "v1", Resource: "replicasets"},
	{Group: "apps", Version: "v1", Resource: "statefulsets"},
	{Group: "apps", Version: "v1", Resource: "daemonsets"},
	{Group: "batch", Version: "v1", Resource: "jobs"},
	{Group: "batch", Version: "v1", Resource: "cronjobs"},
	{Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "roles"},
	{Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "clusterroles"},
	{Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "rolebindings"},
	{Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "clusterrolebindings"},
}

// runBenchInformers syncs client-go's shared informers over protobuf, once, and prints what it held and how long it took.
func runBenchInformers() int {
	flags := flag.NewFlagSet("bench-informers", flag.ExitOnError)
	kubeconfig := flags.String("kubeconfig", "", "kubeconfig `FILE` of the API server to read")
	timeout := flags.Duration("timeout", 5*time.Minute, "give up after this long")
	_ = flags.Parse(os.Args[1:])

	started := time.Now()
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench-informers:", err)
		return 1
	}
	config.ContentType = runtime.ContentTypeProtobuf
	config.AcceptContentTypes = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON
	config.QPS, config.Burst = 1000, 1000
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench-informers:", err)
		return 1
	}

	ctx, cancel := context.WithTimeout(context.Background(), *timeout)
	defer cancel()
	factory := informers.NewSharedInformerFactory(client, 0)
	kinds := map[string]cache.SharedIndexInformer{}
	for _, resource := range benchKinds {
		informer, err := factory.ForResource(resource)
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench-informers:", err)
			return 1
		}
		kinds[resource.Resource] = informer.Informer()
	}
	factory.Start(ctx.Done())
	objects := map[string]int{}
	for resource, informer := range kinds {
		if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
			fmt.Fprintln(os.Stderr, "bench-informers: not synced in time:", resource)
			return 1
		}
		objects[resource] = len(informer.GetStore().ListKeys())
	}
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{"syncMs": time.Since(started).Milliseconds(), "objects": objects})
	return 0
}
