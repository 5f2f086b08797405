"""Requests that wait are handled together, each with its own answer."""

import subprocess
import sys
import threading
import time

import pytest

from shared.batching import Abandoned, Collector


def submit_all(collector, requests):
    """Submit each request from a thread of its own; return answers or errors by request."""
    results = {}

    def submit(request):
        try:
            results[request] = collector.submit(request)
        except BaseException as error:
            results[request] = error

    threads = [threading.Thread(target=submit, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    return results


def test_one_request_is_handled_at_once():
    assert Collector(lambda batch: [n * 2 for n in batch], largest=8).submit(21) == 42


def test_what_arrives_during_a_batch_is_handled_together_in_order():
    batches = []
    first_is_running, go_on = threading.Event(), threading.Event()

    def handle(batch):
        batches.append(list(batch))
        if len(batches) == 1:
            first_is_running.set()
            go_on.wait(120)
        return [n * 2 for n in batch]

    collector = Collector(handle, largest=4)
    answers = {}

    def submit(n):
        answers[n] = collector.submit(n)

    threads = [threading.Thread(target=submit, args=(0,))]
    threads[0].start()
    assert first_is_running.wait(120)
    for n in range(1, 7):
        thread = threading.Thread(target=submit, args=(n,))
        thread.start()
        threads.append(thread)
        while len(collector._queue) < n:
            time.sleep(0.001)
    go_on.set()
    for thread in threads:
        thread.join(120)
    assert batches == [[0], [1, 2, 3, 4], [5, 6]]
    assert answers == {n: n * 2 for n in range(7)}


def test_many_threads_each_get_their_own_answer():
    batches = []

    def handle(batch):
        batches.append(len(batch))
        time.sleep(0.001)
        return [-n for n in batch]

    results = submit_all(Collector(handle, largest=16), range(200))
    assert results == {n: -n for n in range(200)}
    assert sum(batches) == 200
    assert max(batches) <= 16


def test_a_poisonous_request_hurts_nobody_else():
    def handle(batch):
        time.sleep(0.002)
        if any(n % 10 == 3 for n in batch):
            raise ValueError(sorted(batch))
        return list(batch)

    results = submit_all(Collector(handle, largest=32), range(50))
    for n, result in results.items():
        if n % 10 == 3:
            assert isinstance(result, ValueError)
            assert result.args == ([n],)
        else:
            assert result == n


def test_a_hopeless_error_is_not_tried_again():
    calls = []

    def handle(batch):
        calls.append(len(batch))
        time.sleep(0.005)
        raise ConnectionError

    collector = Collector(
        handle, largest=64, hopeless=lambda error: isinstance(error, ConnectionError)
    )
    results = submit_all(collector, range(20))
    assert all(isinstance(result, ConnectionError) for result in results.values())
    assert sum(calls) == 20


def test_a_leader_that_is_stopped_leaves_nobody_waiting():
    class Stopped(BaseException):
        pass

    calls = []

    def handle(batch):
        calls.append(list(batch))
        time.sleep(0.01)
        if len(calls) == 2:
            raise Stopped
        return list(batch)

    results = submit_all(Collector(handle, largest=8), range(24))
    stopped = [n for n, result in results.items() if isinstance(result, Stopped)]
    abandoned = [n for n, result in results.items() if isinstance(result, Abandoned)]
    answered = [n for n, result in results.items() if result == n]
    assert len(stopped) == 1
    assert sorted(stopped + abandoned) == sorted(calls[1])
    assert len(answered) == 24 - len(calls[1])


def test_too_few_answers_are_an_error():
    with pytest.raises(ValueError, match="shorter"):
        Collector(lambda _batch: [], largest=8).submit(1)


GREEN = """
import eventlet
eventlet.monkey_patch()
import time
from shared.batching import Collector

batches = []

def handle(batch):
    batches.append(len(batch))
    time.sleep(0.001)
    if 7 in batch and len(batch) > 1:
        raise ValueError
    return [n * 2 for n in batch]

collector = Collector(handle, largest=16)
pool = eventlet.GreenPool(200)
answers = list(pool.imap(collector.submit, range(200)))
assert answers == [n * 2 for n in range(200)], answers

def stop_waiting(n):
    with eventlet.Timeout(0.0005, False):
        return collector.submit(n)

list(pool.imap(stop_waiting, range(1000, 1200)))
assert collector.submit(5) == 10
assert max(batches) > 1
print("fine")
"""


def test_it_works_on_greenthreads_that_come_and_go():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", GREEN],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("fine", "")
