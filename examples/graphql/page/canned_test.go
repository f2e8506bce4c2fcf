// A server whose answers are written here, so that a test can show the page whatever it likes.
package page_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/graphql-go/graphql"
	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/examples/graphql/page"
)

type canned struct {
	*httptest.Server
	mu      sync.Mutex
	answers []http.HandlerFunc
	asked   []http.Header
}

// serve answers the introspection query with a schema of its own, and each other request with the next of the
// answers; the last is repeated.
func serve(t *testing.T, answers ...http.HandlerFunc) *canned {
	t.Helper()
	schema, err := graphql.NewSchema(graphql.SchemaConfig{Query: graphql.NewObject(graphql.ObjectConfig{
		Name: "Query", Fields: graphql.Fields{"me": {Type: graphql.String, Description: "Whoever you are."}},
	})})
	require.NoError(t, err)
	c := &canned{answers: answers}
	mux := http.NewServeMux()
	mux.Handle("GET /", page.Handler())
	mux.HandleFunc("POST /graphql", func(w http.ResponseWriter, r *http.Request) {
		var request struct{ Query, OperationName string }
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if request.OperationName == "IntrospectionQuery" {
			introspection := graphql.Params{Schema: schema, RequestString: request.Query, Context: r.Context()}
			json.NewEncoder(w).Encode(graphql.Do(introspection))
			return
		}
		c.next(r.Header)(w, r)
	})
	c.Server = httptest.NewServer(mux)
	t.Cleanup(c.Close)
	return c
}

func (c *canned) next(header http.Header) http.HandlerFunc {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, header)
	answer := c.answers[0]
	if len(c.answers) > 1 {
		c.answers = c.answers[1:]
	}
	return answer
}

func (c *canned) headers() []http.Header {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		w.Write([]byte(body))
	}
}

type batch struct {
	Loader      string   `json:"loader"`
	Round       int      `json:"round"`
	Size        int      `json:"size"`
	Keys        []string `json:"keys"`
	StartMicros int      `json:"startMicros"`
	Micros      int      `json:"micros"`
	SQL         string   `json:"sql"`
	Statements  int      `json:"statements"`
	Error       string   `json:"error"`
}

// reports answers with these batches.
func reports(naive bool, rounds, micros int, batches ...batch) http.HandlerFunc {
	body, err := json.Marshal(map[string]any{
		"data": map[string]string{"me": "Ada"},
		"extensions": map[string]any{
			"trace": "kept",
			"batches": map[string]any{
				"rounds": rounds, "statements": len(batches), "naive": naive, "micros": micros, "batches": batches,
				"loaders": map[string]map[string]int{
					"users": {"loads": 7, "hits": 2, "batches": 2, "keys": 5},
					"posts": {}, // not used
				},
			},
		},
	})
	if err != nil {
		panic(err) // strings and numbers can be marshalled
	}
	return says(http.StatusOK, string(body))
}

// three is what the README's query costs: the second round has two batches at once.
func three() http.HandlerFunc {
	return reports(false, 3, 12345,
		batch{"users", 1, 1, []string{"1"}, 120, 2000, "SELECT id, name FROM users WHERE id IN (?)", 1, ""},
		batch{"friends", 2, 2, []string{"2 first 5", "3 first 5"}, 2500, 3000, "SELECT friend FROM friendships", 1, ""},
		batch{"posts", 2, 1, []string{"1"}, 2600, 4000, "SELECT title FROM posts", 1, "the database is gone"},
		batch{"users", 3, 150, []string{"4", "5"}, 7000, 5000, "SELECT id, name FROM users WHERE id IN (?, ?)", 1, ""},
	)
}
