package oteltrace_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	wire "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/dataloader/oteltrace"
	"github.com/batchtick/batchtick/scheduler"
)

// receiver is a collector: it takes spans as they go over the wire.
type receiver struct {
	mu    sync.Mutex
	spans map[string][]*wire.Span // by scope
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	var export collector.ExportTraceServiceRequest
	if err != nil || req.URL.Path != "/v1/traces" || proto.Unmarshal(body, &export) != nil {
		http.Error(w, "no export of spans", http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, resource := range export.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			r.spans[scope.Scope.Name] = append(r.spans[scope.Scope.Name], scope.Spans...)
		}
	}
	answer, err := proto.Marshal(&collector.ExportTraceServiceResponse{})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
	_, _ = w.Write(answer)
}

// The real exporter sends the spans of a request to a collector on this machine.
func TestSpansReachACollector(t *testing.T) {
	r := &receiver{spans: map[string][]*wire.Span{}}
	server := httptest.NewServer(r)
	defer server.Close()
	exporter, err := otlptracehttp.New(t.Context(), otlptracehttp.WithEndpointURL(server.URL+"/v1/traces"))
	require.NoError(t, err)
	tracers := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))

	program := tracers.Tracer("program")
	ctx, request := program.Start(t.Context(), "request")
	loop := scheduler.New(scheduler.WithObserver(oteltrace.New(oteltrace.WithTracerProvider(tracers)).Observer()))
	users := dataloader.New(loop, friends, dataloader.WithName("users"))
	for i := range 3 {
		ctx, field := program.Start(ctx, fmt.Sprint("field ", i))
		oteltrace.Load(ctx, users, i).Finally(func() { field.End() })
	}
	require.NoError(t, loop.Run(ctx))
	request.End()
	require.NoError(t, tracers.Shutdown(t.Context()))

	byName := map[string]*wire.Span{}
	for _, span := range r.spans["program"] {
		byName[span.Name] = span
	}
	require.Len(t, byName, 4)
	batches := r.spans["github.com/batchtick/batchtick/dataloader/oteltrace"]
	require.Len(t, batches, 1)
	batch := batches[0]
	require.Equal(t, "dataloader.batch users", batch.Name)
	require.Equal(t, byName["request"].SpanId, batch.ParentSpanId)
	require.Equal(t, byName["request"].TraceId, batch.TraceId)
	require.LessOrEqual(t, batch.StartTimeUnixNano, batch.EndTimeUnixNano)
	require.Len(t, batch.Links, 3)
	for i, link := range batch.Links {
		require.Equal(t, byName[fmt.Sprint("field ", i)].SpanId, link.SpanId)
	}
	attributes := map[string]string{}
	for _, a := range batch.Attributes {
		attributes[a.Key] = a.Value.String()
	}
	require.Equal(t, `int_value:3`, attributes["dataloader.batch.size"])
}
