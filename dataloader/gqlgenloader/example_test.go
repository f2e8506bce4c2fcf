package gqlgenloader_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/transport"

	"github.com/batchtick/batchtick/dataloader/gqlgenloader"
	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver"
	"github.com/batchtick/batchtick/scheduler"
)

// A server with one loader, whose batches are kept in log. Two levels of friends are two batches, whatever the number of
// resolvers and whichever goroutine comes first.
func ExampleExtension() {
	var log testserver.Log
	srv := handler.New(testserver.Unlimited())
	srv.AddTransport(transport.POST{})
	srv.Use(&gqlgenloader.Extension{
		Loaders: func(ctx context.Context, s *scheduler.Scheduler) context.Context { return log.Loaders(ctx, s) },
		Ended: func(_ context.Context, stats scheduler.Stats, _ error) {
			fmt.Println("ticks that were forced:", stats.Forced)
		},
	})

	query := `{"query": "{ users(first: 3) { friend { friend { id } } } }"}`
	request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(query))
	request.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	srv.ServeHTTP(answer, request)

	fmt.Println(answer.Body)
	fmt.Println(log.Batches())
	// Output:
	// ticks that were forced: 0
	// {"data":{"users":[{"friend":{"friend":{"id":21}}},{"friend":{"friend":{"id":22}}},{"friend":{"friend":{"id":23}}}]}}
	// [[11 12 13] [21 22 23]]
}
