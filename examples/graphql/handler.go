// GraphQL over HTTP: what its specification asks for in the main points.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/graphql-go/graphql"
)

const (
	maxBody         = 64 << 10
	responseType    = "application/graphql-response+json"
	defaultDeadline = 10 * time.Second
)

// newHandler serves a at /graphql, and page everywhere else.
func newHandler(a *api, timeout time.Duration, page http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", page)
	mux.HandleFunc("/graphql", func(w http.ResponseWriter, r *http.Request) { serveGraphQL(w, r, a, timeout) })
	return mux
}

func serveGraphQL(w http.ResponseWriter, r *http.Request, a *api, timeout time.Duration) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST")
		send(w, r, http.StatusMethodNotAllowed, refuse(errors.New("send a query with POST or GET")))
		return
	}
	viewer, ok := viewerOf(r)
	if !ok {
		w.Header().Set("WWW-Authenticate", "Bearer")
		send(w, r, http.StatusUnauthorized, refuse(errors.New("this token is nobody's: send Authorization: Bearer acme-1, for instance")))
		return
	}
	q, status, err := questionOf(w, r)
	if err != nil {
		send(w, r, status, refuse(err))
		return
	}
	late := fmt.Errorf("the request took longer than %v", timeout)
	ctx, cancel := context.WithTimeoutCause(r.Context(), timeout, late)
	defer cancel()
	result, status := a.answer(ctx, viewer, q)
	if r.Context().Err() != nil {
		return // nobody is listening any more
	}
	switch {
	case status == http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodPost)
	case status == http.StatusBadRequest && !takesOwnType(r):
		status = http.StatusOK // as clients that take application/json are used to
	}
	send(w, r, status, result)
}

// questionOf reads the request, or says with what status to refuse it.
func questionOf(w http.ResponseWriter, r *http.Request) (q question, status int, err error) {
	if r.Method == http.MethodGet {
		values := r.URL.Query()
		q.readOnly = true
		q.Query, q.OperationName = values.Get("query"), values.Get("operationName")
		if v := values.Get("variables"); v != "" {
			if err := json.Unmarshal([]byte(v), &q.Variables); err != nil {
				return q, http.StatusBadRequest, fmt.Errorf("variables are not a JSON object: %w", err)
			}
		}
	} else {
		if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
			return q, http.StatusUnsupportedMediaType, errors.New("send the query as application/json")
		}
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&q)
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return q, http.StatusRequestEntityTooLarge, fmt.Errorf("the request is larger than %d bytes", maxBody)
		}
		if err != nil {
			return q, http.StatusBadRequest, fmt.Errorf(`the body is not JSON such as {"query": "{ me { name } }"}: %w`, err)
		}
	}
	if strings.TrimSpace(q.Query) == "" {
		return q, http.StatusBadRequest, errors.New("there is no query")
	}
	return q, http.StatusOK, nil
}

func takesOwnType(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), responseType)
}

func send(w http.ResponseWriter, r *http.Request, status int, result *graphql.Result) {
	contentType := "application/json; charset=utf-8"
	if takesOwnType(r) {
		contentType = responseType + "; charset=utf-8"
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(result) // an error here means that the client left
}
