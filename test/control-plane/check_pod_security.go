package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kubejson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/capabilities"
	podregistry "k8s.io/kubernetes/pkg/registry/core/pod"
	podsecurity "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// podSecurityQuestion is one line of input: a pod, or the template of a workload, and the policy to judge it by.
type podSecurityQuestion struct {
	Level    string          `json:"level"`
	Version  string          `json:"version"`
	Pod      json.RawMessage `json:"pod,omitempty"`
	Template json.RawMessage `json:"template,omitempty"`
}

// podSecurityAnswer is one line of output. What the API server would refuse as invalid is judged all the same.
type podSecurityAnswer struct {
	Allowed bool   `json:"allowed"`
	Text    string `json:"text"`
	Invalid string `json:"invalid,omitempty"`
	Error   string `json:"error,omitempty"`
}

// runCheckPodSecurity reads questions, one a line, and answers each with what Kubernetes' own evaluator says of the
// pod that the API server would make of it: with defaults, and with the old AppArmor annotations taken over into fields.
// Merlon's evaluator is compared with it where asking a real API server would take too long.
func runCheckPodSecurity() int {
	evaluator, err := newPodSecurityEvaluator()
	if err != nil {
		fmt.Fprintln(os.Stderr, "check-pod-security:", err)
		return 1
	}
	// As --allow-privileged=true.
	capabilities.Initialize(capabilities.Capabilities{AllowPrivileged: true})
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	for {
		line, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			_ = lines.Encode(checkPodSecurity(evaluator, line))
		}
		// Answer as soon as no question waits, so that a caller may also ask one by one.
		if in.Buffered() == 0 || err != nil {
			if flushErr := out.Flush(); flushErr != nil {
				fmt.Fprintln(os.Stderr, "check-pod-security:", flushErr)
				return 1
			}
		}
		if errors.Is(err, io.EOF) {
			return 0
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "check-pod-security:", err)
			return 1
		}
	}
}

// newPodSecurityEvaluator calls policy.NewEvaluator by reflection, because releases before 1.35 do not have its second
// parameter, an emulated version, which is left out here.
func newPodSecurityEvaluator() (policy.Evaluator, error) {
	function := reflect.ValueOf(policy.NewEvaluator)
	arguments := []reflect.Value{reflect.ValueOf(policy.DefaultChecks())}
	for index := 1; index < function.Type().NumIn(); index++ {
		arguments = append(arguments, reflect.Zero(function.Type().In(index)))
	}
	results := function.Call(arguments)
	if err, isError := results[1].Interface().(error); isError {
		return nil, err
	}
	evaluator, isEvaluator := results[0].Interface().(policy.Evaluator)
	if !isEvaluator {
		return nil, fmt.Errorf("policy.NewEvaluator gives a %s", results[0].Type())
	}
	return evaluator, nil
}

func checkPodSecurity(evaluator policy.Evaluator, line []byte) podSecurityAnswer {
	question := podSecurityQuestion{}
	if err := json.Unmarshal(line, &question); err != nil {
		return podSecurityAnswer{Error: err.Error()}
	}
	levelVersion, err := parseLevelVersion(question.Level, question.Version)
	if err != nil {
		return podSecurityAnswer{Error: err.Error()}
	}
	if question.Pod == nil && question.Template == nil {
		return podSecurityAnswer{Error: "neither a pod nor a template is asked about"}
	}
	metadata, spec, invalid, err := preparePod(question)
	if err != nil {
		return podSecurityAnswer{Error: err.Error()}
	}
	result := policy.AggregateCheckResults(evaluator.EvaluatePod(levelVersion, metadata, spec))
	return podSecurityAnswer{Allowed: result.Allowed, Text: result.ForbiddenDetail(), Invalid: invalid}
}

func parseLevelVersion(level, version string) (podsecurity.LevelVersion, error) {
	parsedLevel, err := podsecurity.ParseLevel(level)
	if err != nil {
		return podsecurity.LevelVersion{}, fmt.Errorf("level %q: %w", level, err)
	}
	parsedVersion, err := podsecurity.ParseVersion(version)
	if err != nil {
		return podsecurity.LevelVersion{}, fmt.Errorf("version %q: %w", version, err)
	}
	return podsecurity.LevelVersion{Level: parsedLevel, Version: parsedVersion}, nil
}

// preparePod does what the API server does before its admission plugins see an object that is created. Of workloads it
// only defaults the template.
func preparePod(question podSecurityQuestion) (*metav1.ObjectMeta, *corev1.PodSpec, string, error) {
	if question.Pod == nil {
		template := &corev1.PodTemplate{}
		if err := kubejson.Unmarshal(question.Template, &template.Template); err != nil {
			return nil, nil, "", err
		}
		legacyscheme.Scheme.Default(template)
		return &template.Template.ObjectMeta, &template.Template.Spec, "", nil
	}
	pod := &corev1.Pod{}
	if err := kubejson.Unmarshal(question.Pod, pod); err != nil {
		return nil, nil, "", err
	}
	if pod.Namespace == "" {
		pod.Namespace = metav1.NamespaceDefault
	}
	legacyscheme.Scheme.Default(pod)
	internal := &core.Pod{}
	if err := legacyscheme.Scheme.Convert(pod, internal, nil); err != nil {
		return nil, nil, "", err
	}
	podregistry.Strategy.PrepareForCreate(context.Background(), internal)
	prepared := &corev1.Pod{}
	if err := legacyscheme.Scheme.Convert(internal, prepared, nil); err != nil {
		return nil, nil, "", err
	}
	// Ephemeral containers are valid only in a pod that exists.
	internal.Spec.EphemeralContainers = nil
	invalid := podregistry.Strategy.Validate(context.Background(), internal).ToAggregate()
	if invalid == nil {
		return &prepared.ObjectMeta, &prepared.Spec, "", nil
	}
	return &prepared.ObjectMeta, &prepared.Spec, invalid.Error(), nil
}
