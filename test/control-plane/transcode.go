package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"k8s.io/apimachinery/pkg/runtime"
	kubejson "k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/client-go/kubernetes/scheme"
)

// transcoded is one line of output: the same object in both of the API server's encodings, or why there is none.
type transcoded struct {
	JSON     json.RawMessage `json:"json,omitempty"`
	Protobuf string          `json:"protobuf,omitempty"` // base64, with the "k8s\0" magic
	Error    string          `json:"error,omitempty"`
}

// runTranscode reads objects as JSON, one a line, and writes each as Kubernetes' own serializers encode it. It is the
// reference that Merlon's protobuf decoder is compared with.
func runTranscode() int {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	for {
		line, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			_ = lines.Encode(transcode(line))
		}
		// Answer as soon as no question waits, so that a caller may also ask one by one.
		if in.Buffered() == 0 || err != nil {
			if flushErr := out.Flush(); flushErr != nil {
				fmt.Fprintln(os.Stderr, "transcode:", flushErr)
				return 1
			}
		}
		if errors.Is(err, io.EOF) {
			return 0
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "transcode:", err)
			return 1
		}
	}
}

var (
	jsonSerializer     = kubejson.NewSerializerWithOptions(kubejson.DefaultMetaFactory, scheme.Scheme, scheme.Scheme, kubejson.SerializerOptions{})
	protobufSerializer = protobuf.NewSerializer(scheme.Scheme, scheme.Scheme)
)

func transcode(line []byte) transcoded {
	object, kind, err := scheme.Codecs.UniversalDeserializer().Decode(line, nil, nil)
	if err != nil {
		return transcoded{Error: err.Error()}
	}
	object.GetObjectKind().SetGroupVersionKind(*kind)
	asJSON, err := runtime.Encode(jsonSerializer, object)
	if err != nil {
		return transcoded{Error: err.Error()}
	}
	asProtobuf, err := runtime.Encode(protobufSerializer, object)
	if err != nil {
		return transcoded{Error: err.Error()}
	}
	return transcoded{JSON: bytes.TrimSpace(asJSON), Protobuf: base64.StdEncoding.EncodeToString(asProtobuf)}
}
