package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"time"

	"github.com/batchtick/batchtick/examples/gqlgen/store"
)

// answer is what a query got, and cost.
type answer struct {
	data       string
	statements int64
	took       time.Duration
}

// ask gives handler a query, without a network between.
func ask(ctx context.Context, handler http.Handler, query string) (a answer, err error) {
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		return a, err
	}
	var statements atomic.Int64
	r := httptest.NewRequestWithContext(store.Counting(ctx, &statements), http.MethodPost, "/", strings.NewReader(string(body)))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	began := time.Now()
	handler.ServeHTTP(w, r)
	a.took, a.statements = time.Since(began), statements.Load()
	var response struct {
		Data   json.RawMessage
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &response); err != nil {
		return a, fmt.Errorf("status %d: %w", w.Code, err)
	}
	if len(response.Errors) > 0 {
		return a, fmt.Errorf("%s", response.Errors[0].Message)
	}
	a.data = string(response.Data)
	return a, nil
}
