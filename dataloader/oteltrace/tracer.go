package oteltrace

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/scheduler"
)

const scope = "github.com/batchtick/batchtick/dataloader/oteltrace"

// Tracer makes the observers that trace schedulers. Make one for the program with New. It is safe for concurrent use.
type Tracer struct {
	config
	tracer   trace.Tracer
	size     metric.Int64Histogram
	duration metric.Float64Histogram
	loads    metric.Int64Counter
}

type config struct {
	tracers trace.TracerProvider
	meters  metric.MeterProvider
	key     func(any) string // nil: keys are not recorded
}

// Option is a setting of New.
type Option func(*config)

// WithTracerProvider has spans made by p in place of the global provider.
func WithTracerProvider(p trace.TracerProvider) Option {
	return func(c *config) { c.tracers = p }
}

// WithMeterProvider has measurements made by p in place of the global provider.
func WithMeterProvider(p metric.MeterProvider) Option {
	return func(c *config) { c.meters = p }
}

// WithKeys records the keys of a batch, the first hundred, as show shows them; fmt.Sprint will often do. Without it none are
// recorded, since keys may be personal data. An error's text is recorded in any case.
func WithKeys(show func(key any) string) Option {
	return func(c *config) { c.key = show }
}

// New makes a Tracer. It uses the global providers unless an option says otherwise. An instrument that can't be made is
// reported to otel.Handle, and records nothing.
func New(opts ...Option) *Tracer {
	t := &Tracer{config: config{tracers: otel.GetTracerProvider(), meters: otel.GetMeterProvider()}}
	for _, opt := range opts {
		opt(&t.config)
	}
	t.tracer = t.tracers.Tracer(scope)
	meter := t.meters.Meter(scope)
	var errs [3]error
	t.size, errs[0] = meter.Int64Histogram("dataloader.batch.size", metric.WithUnit("{key}"),
		metric.WithDescription("Keys in a batch."),
		metric.WithExplicitBucketBoundaries(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000))
	t.duration, errs[1] = meter.Float64Histogram("dataloader.batch.duration", metric.WithUnit("s"),
		metric.WithDescription("Time that the batch function took."),
		metric.WithExplicitBucketBoundaries(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)) // as db.client.operation.duration
	t.loads, errs[2] = meter.Int64Counter("dataloader.loads", metric.WithUnit("{load}"),
		metric.WithDescription("Keys asked for: hits cost nothing, misses went into a batch."))
	if err := errors.Join(errs[:]...); err != nil {
		otel.Handle(fmt.Errorf("oteltrace: %w", err))
	}
	return t
}

// Observer makes an observer for one scheduler: scheduler.New(scheduler.WithObserver(tracer.Observer())).
func (t *Tracer) Observer() scheduler.Observer {
	return &observer{
		Tracer: t, ctx: context.Background(), asked: map[any]map[any][]note{}, spans: map[*dataloader.BatchInfo]*batchSpan{},
	}
}

func name(l *dataloader.LoaderInfo) attribute.KeyValue {
	return attribute.String("dataloader.name", l.Name)
}
