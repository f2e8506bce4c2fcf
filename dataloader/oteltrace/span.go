package oteltrace

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/batchtick/batchtick/dataloader"
)

// batchSpan is the span of a batch that has started, or that has ended before it could.
type batchSpan struct {
	trace.Span
	linked map[spanID]bool
	ended  bool
}

type spanID struct {
	trace trace.TraceID
	span  trace.SpanID
}

// link adds a link, unless the span has it: a caller that loads ten keys is one caller.
func (s *batchSpan) link(to trace.SpanContext) {
	if id := (spanID{to.TraceID(), to.SpanID()}); !s.linked[id] {
		s.linked[id] = true
		s.AddLink(trace.Link{SpanContext: to})
	}
}

// BatchStarting implements dataloader.Observer.
func (o *observer) BatchStarting(ctx context.Context, b *dataloader.BatchInfo) context.Context {
	o.mu.Lock()
	defer o.mu.Unlock()
	if s := o.spans[b]; s != nil && s.ended { // Run's ctx ended, and this goroutine comes late
		delete(o.spans, b)
		return ctx
	}
	ctx, o.spans[b] = o.start(ctx, b)
	return ctx
}

// BatchEnded implements dataloader.Observer.
func (o *observer) BatchEnded(b *dataloader.BatchInfo) {
	o.mu.Lock()
	s, started := o.spans[b]
	if started {
		delete(o.spans, b)
	} else {
		_, s = o.start(o.ctx, b)
		s.ended = true
		o.spans[b] = s
	}
	o.mu.Unlock()

	measured := []attribute.KeyValue{name(b.Loader)}
	if b.FailedKeys > 0 {
		s.SetAttributes(attribute.Int("dataloader.batch.failed_keys", b.FailedKeys))
	}
	if err := cause(b.Err); err != nil {
		kind := attribute.String("error.type", fmt.Sprintf("%T", innermost(err)))
		measured = append(measured, kind)
		s.SetAttributes(kind)
		s.SetStatus(codes.Error, err.Error())
	}
	if started {
		o.size.Record(o.ctx, int64(b.Size), metric.WithAttributes(name(b.Loader)))
		o.duration.Record(o.ctx, b.Took.Seconds(), metric.WithAttributes(measured...))
	}
	s.End(trace.WithTimestamp(b.Queued.Add(b.Waited + b.Took)))
}

// start begins the span of b, with links to those who asked for its keys.
func (o *observer) start(ctx context.Context, b *dataloader.BatchInfo) (context.Context, *batchSpan) {
	attributes := []attribute.KeyValue{
		name(b.Loader),
		attribute.Int64("dataloader.batch.round", int64(b.Round)),
		attribute.Int("dataloader.batch.size", b.Size),
		attribute.Float64("dataloader.batch.waited", b.Waited.Seconds()),
	}
	if b.Parts > 1 {
		attributes = append(attributes,
			attribute.Int("dataloader.batch.part", b.Part), attribute.Int("dataloader.batch.parts", b.Parts))
	}
	if o.key != nil {
		attributes = append(attributes, attribute.StringSlice("dataloader.batch.keys", o.keys(b)))
	}
	links, linked := o.links(b)
	ctx, span := o.tracer.Start(ctx, "dataloader.batch "+b.Loader.Name, trace.WithTimestamp(b.Queued.Add(b.Waited)),
		trace.WithAttributes(attributes...), trace.WithLinks(links...))
	return ctx, &batchSpan{Span: span, linked: linked}
}

// links takes the notes of b's keys. Where nobody left one, it does not look at the keys.
func (o *observer) links(b *dataloader.BatchInfo) (links []trace.Link, linked map[spanID]bool) {
	linked = map[spanID]bool{}
	asked := o.asked[b.Loader.Loader]
	if len(asked) == 0 {
		return nil, linked
	}
	keys := reflect.ValueOf(b.Keys)
	for i := range keys.Len() {
		key := keys.Index(i).Interface()
		var later []note
		for _, n := range asked[key] {
			id := spanID{n.span.TraceID(), n.span.SpanID()}
			switch {
			case n.rounds >= b.Round:
				later = append(later, n)
			case !linked[id]:
				linked[id] = true
				links = append(links, trace.Link{SpanContext: n.span})
			}
		}
		if later == nil {
			delete(asked, key)
		} else {
			asked[key] = later
		}
	}
	return links, linked
}

const mostKeys = 100

func (o *observer) keys(b *dataloader.BatchInfo) []string {
	keys := reflect.ValueOf(b.Keys)
	shown := make([]string, min(mostKeys, keys.Len()))
	for i := range shown {
		shown[i] = o.key(keys.Index(i).Interface())
	}
	return shown
}

// cause returns what the batch function failed with: the error around it quotes the keys.
func cause(err error) error {
	var batch *dataloader.BatchError
	var size *dataloader.BatchSizeError
	switch {
	case errors.As(err, &size):
		return &sizeError{size}
	case errors.As(err, &batch):
		return batch.Err
	default:
		return err
	}
}

// sizeError is a BatchSizeError without the keys.
type sizeError struct{ *dataloader.BatchSizeError }

func (e *sizeError) Error() string {
	return fmt.Sprintf("the batch function returned %d %s for %d keys", e.Got, e.What, e.Want)
}

func innermost(err error) error {
	if size, ok := err.(*sizeError); ok {
		return size.BatchSizeError
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err
}
