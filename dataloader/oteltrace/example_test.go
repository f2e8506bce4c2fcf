package oteltrace_test

import (
	"context"
	"fmt"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/dataloader/oteltrace"
	"github.com/batchtick/batchtick/scheduler"
)

func ExampleLoad() {
	exporter := tracetest.NewInMemoryExporter() // in a program: one that sends
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))
	tracer := oteltrace.New(oteltrace.WithTracerProvider(provider))

	ctx, request := provider.Tracer("example").Start(context.Background(), "request")
	loop := scheduler.New(scheduler.WithObserver(tracer.Observer()))
	users := dataloader.New(loop, friends, dataloader.WithName("users"))
	for _, id := range []int{1, 2} {
		ctx, field := provider.Tracer("example").Start(ctx, fmt.Sprint("field ", id))
		oteltrace.Load(ctx, users, id).Finally(func() { field.End() })
	}
	if err := loop.Run(ctx); err != nil {
		fmt.Println(err)
	}
	request.End()
	for _, span := range exporter.GetSpans() {
		fmt.Println(span.Name, "with", len(span.Links), "links")
	}
	// Output:
	// dataloader.batch users with 2 links
	// field 1 with 0 links
	// field 2 with 0 links
	// request with 0 links
}

func ExampleNew() {
	tracer := oteltrace.New() // with the providers of otel.SetTracerProvider and otel.SetMeterProvider

	// For each request:
	loop := scheduler.New(scheduler.WithObserver(tracer.Observer()))
	users := dataloader.New(loop, friends, dataloader.WithName("users"))
	fmt.Println(users.Load(1).Await(context.Background()))
	// Output: 3 <nil>
}
