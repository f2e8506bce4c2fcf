package oteltrace_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/dataloader/oteltrace"
	"github.com/batchtick/batchtick/scheduler"
)

// bench is a program with a Tracer, and what it exported.
type bench struct {
	t       *testing.T
	spans   *tracetest.InMemoryExporter
	reader  *sdkmetric.ManualReader
	program trace.Tracer
	loop    *scheduler.Scheduler
	names   map[trace.SpanID]string // of the spans that the test made
}

func newBench(t *testing.T, opts ...oteltrace.Option) *bench {
	b := &bench{
		t: t, spans: tracetest.NewInMemoryExporter(), reader: sdkmetric.NewManualReader(), names: map[trace.SpanID]string{},
	}
	tracers := sdktrace.NewTracerProvider(sdktrace.WithSyncer(b.spans))
	meters := sdkmetric.NewMeterProvider(sdkmetric.WithReader(b.reader))
	b.program = tracers.Tracer("program")
	opts = append(opts, oteltrace.WithTracerProvider(tracers), oteltrace.WithMeterProvider(meters))
	b.loop = scheduler.New(scheduler.WithObserver(oteltrace.New(opts...).Observer()), scheduler.WithPolicy(scheduler.Lockstep))
	return b
}

// span begins a span, and returns a ctx that has it.
func (b *bench) span(ctx context.Context, name string) context.Context {
	ctx, span := b.program.Start(ctx, name)
	b.names[span.SpanContext().SpanID()] = name
	return ctx
}

func (b *bench) run(ctx context.Context) {
	b.t.Helper()
	require.NoError(b.t, b.loop.Run(ctx))
}

// batches are the spans of batches, in the order of their start, in a word each: name, parent and links.
func (b *bench) batches() (all []string) {
	stubs := b.spans.GetSpans()
	slices.SortStableFunc(stubs, func(a, b tracetest.SpanStub) int { return a.StartTime.Compare(b.StartTime) })
	for _, s := range stubs {
		text := fmt.Sprintf("%s in %q", s.Name, b.names[s.Parent.SpanID()])
		var links []string
		for _, l := range s.Links {
			links = append(links, b.names[l.SpanContext.SpanID()])
		}
		slices.Sort(links)
		all = append(all, fmt.Sprint(text, " for ", links))
	}
	return all
}

// measured returns the data of one metric.
func (b *bench) measured(name string) metricdata.Aggregation {
	var all metricdata.ResourceMetrics
	require.NoError(b.t, b.reader.Collect(context.Background(), &all))
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			if m.Name == name {
				return m.Data
			}
		}
	}
	b.t.Fatalf("no metric %s", name)
	return nil
}

func users(b *bench, opts ...dataloader.Option) *dataloader.Loader[int, int] {
	return dataloader.New(b.loop, friends, append(opts, dataloader.WithName("users"))...)
}

func friends(_ context.Context, ids []int) ([]int, error) {
	friends := make([]int, len(ids))
	for i, id := range ids {
		friends[i] = id + 2
	}
	return friends, nil
}
