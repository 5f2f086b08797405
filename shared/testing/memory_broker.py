"""kombu's in-memory broker lives in its process: tests clear it between one another."""

from kombu.transport import memory, virtual


def clear_memory_broker() -> None:
    """Forget every exchange, queue, binding and message of `memory://`."""
    memory.Channel.queues.clear()
    memory.Channel.events.clear()
    memory.Transport.global_state.clear()
    assert isinstance(memory.Transport.global_state, virtual.BrokerState)  # noqa: S101
