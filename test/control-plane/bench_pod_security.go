package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	kubejson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/pod-security-admission/policy"
)

// runBenchPodSecurity judges the pods of a file, one JSON object a line, with Kubernetes' own evaluator and prints how
// fast that went. Decoding is not measured; building the text of a refusal is.
func runBenchPodSecurity() int {
	flags := flag.NewFlagSet("bench-pod-security", flag.ExitOnError)
	level := flags.String("level", "restricted", "the `LEVEL` to judge by")
	version := flags.String("version", "latest", "the policy `VERSION` to judge by")
	passes := flags.Int("passes", 10, "how often to judge all pods")
	_ = flags.Parse(os.Args[1:])
	if flags.NArg() != 1 || *passes < 1 {
		fmt.Fprintln(os.Stderr, "usage: control-plane bench-pod-security [--level LEVEL] [--version VERSION] [--passes N] FILE")
		return 2
	}

	levelVersion, err := parseLevelVersion(*level, *version)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench-pod-security:", err)
		return 2
	}
	evaluator, err := newPodSecurityEvaluator()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench-pod-security:", err)
		return 1
	}
	pods, err := readPods(flags.Arg(0))
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench-pod-security:", err)
		return 1
	}

	allowed, textBytes := 0, 0
	started := time.Now()
	for range *passes {
		for index := range pods {
			result := policy.AggregateCheckResults(evaluator.EvaluatePod(levelVersion, &pods[index].ObjectMeta, &pods[index].Spec))
			if result.Allowed {
				allowed++
			} else {
				textBytes += len(result.ForbiddenDetail())
			}
		}
	}
	seconds := time.Since(started).Seconds()
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{
		"pods":      len(pods),
		"passes":    *passes,
		"seconds":   seconds,
		"podsPerS":  float64(len(pods)**passes) / seconds,
		"allowed":   allowed / *passes,
		"textBytes": textBytes / *passes,
	})
	return 0
}

func readPods(path string) ([]corev1.Pod, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	pods := []corev1.Pod{}
	in := bufio.NewReaderSize(file, 1<<20)
	for number := 1; ; number++ {
		line, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			pod := corev1.Pod{}
			if decodeErr := kubejson.Unmarshal(line, &pod); decodeErr != nil {
				return nil, fmt.Errorf("%s, line %d: %w", path, number, decodeErr)
			}
			pods = append(pods, pod)
		}
		if errors.Is(err, io.EOF) {
			return pods, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
