// A client, and a server for it: for the commands that put the server to work.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

type client struct {
	http  *http.Client
	url   string
	token string // none if empty
}

// reply is an answer as the client sees it.
type reply struct {
	Data       map[string]any `json:"data"`
	Errors     []replyError   `json:"errors"`
	Extensions struct {
		Batches report `json:"batches"`
	} `json:"extensions"`
}

type replyError struct {
	Message string `json:"message"`
	Path    []any  `json:"path"`
}

// ask returns the data, and an error if there is any in the answer.
func (c client) ask(ctx context.Context, query string, variables map[string]any) (map[string]any, error) {
	r, err := c.post(ctx, query, variables)
	if err == nil && len(r.Errors) > 0 {
		err = fmt.Errorf("the server answered with an error: %s", r.Errors[0].Message)
	}
	return r.Data, err
}

func (c client) post(ctx context.Context, query string, variables map[string]any) (r reply, err error) {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return r, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		return r, err
	}
	request.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return r, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return r, fmt.Errorf("the server answered with status %s", response.Status)
	}
	return r, json.NewDecoder(response.Body).Decode(&r)
}

// serving runs f with a client of a server.
func serving(a *api, f func(client) error) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- serve(ctx, listener, newHandler(a, time.Minute, http.NotFoundHandler()), grace) }()
	transport := &http.Transport{}
	err = f(client{http: &http.Client{Transport: transport}, url: "http://" + listener.Addr().String()})
	transport.CloseIdleConnections()
	stop()
	return errors.Join(err, <-served)
}
