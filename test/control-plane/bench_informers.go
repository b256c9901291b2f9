package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

// runBenchInformers syncs client-go's shared informers of the kinds that it is told, over protobuf, once, and prints what it
// held and how long it took.
func runBenchInformers() int {
	flags := flag.NewFlagSet("bench-informers", flag.ExitOnError)
	kubeconfig := flags.String("kubeconfig", "", "kubeconfig `FILE` of the API server to read")
	resources := flags.String("resources", "", "what to read, as `v1/pods,apps/v1/deployments`")
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
	for _, name := range strings.Split(*resources, ",") {
		resource, err := parseResource(name)
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench-informers:", err)
			return 1
		}
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

// parseResource reads `v1/pods` or `apps/v1/deployments`.
func parseResource(name string) (schema.GroupVersionResource, error) {
	parts := strings.Split(name, "/")
	switch len(parts) {
	case 2:
		return schema.GroupVersionResource{Version: parts[0], Resource: parts[1]}, nil
	case 3:
		return schema.GroupVersionResource{Group: parts[0], Version: parts[1], Resource: parts[2]}, nil
	default:
		return schema.GroupVersionResource{}, fmt.Errorf("--resources: %q is neither VERSION/RESOURCE nor GROUP/VERSION/RESOURCE", name)
	}
}
