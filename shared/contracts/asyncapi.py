"""The AsyncAPI document of what the services tell one another, made from the contracts."""

import json
import sys
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import INCLUDE, Schema, fields

from shared.contracts.census import EVENTS
from shared.contracts.event import Event
from shared.messaging.publisher import exchange_name


class EnvelopeFields(Schema):
    """What every message carries beside the data of its event."""

    class Meta:
        """The data stands beside these, in a schema of its own."""

        unknown = INCLUDE

    id = fields.UUID(required=True)
    type = fields.String(required=True)
    version = fields.Integer(required=True)
    aggregate_id = fields.UUID(required=True)
    aggregate_version = fields.Integer(required=True)
    occurred_at = fields.AwareDateTime(required=True)
    correlation_id = fields.String(required=True)
    position = fields.Integer(required=True, allow_none=True)
    release_id = fields.UUID(required=True, allow_none=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)


def asyncapi_document() -> dict[str, Any]:
    """Return the AsyncAPI 3.0 document (JSON values): a channel and a message for each event."""
    spec = APISpec("Parvis", "1", "3.1.0", plugins=[MarshmallowPlugin(schema_name_resolver=_name)])
    spec.components.schema("Envelope", schema=EnvelopeFields)
    for schema in dict.fromkeys(event.schema for event in EVENTS.values()):
        spec.components.schema(_name(schema), schema=schema)
    schemas = spec.to_dict()["components"]["schemas"]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Parvis events",
            "version": "1",
            "description": "Facts that the services of Parvis tell one another over RabbitMQ.",
            "license": {"name": "EUPL-1.2"},
        },
        "defaultContentType": "application/json",
        "channels": {event.type: _channel(event) for event in EVENTS.values()},
        "operations": {
            f"publish.{event.type}": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{event.type}"},
            }
            for event in EVENTS.values()
        },
        "components": {"schemas": schemas},
    }


def _channel(event: Event) -> dict[str, Any]:
    return {
        "address": event.name,
        "title": (event.schema.__doc__ or event.name).strip(),
        "messages": {event.name: _message(event)},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {
                    "name": exchange_name(event.service),
                    "type": "topic",
                    "durable": True,
                    "autoDelete": False,
                },
                "bindingVersion": "0.3.0",
            }
        },
    }


def _message(event: Event) -> dict[str, Any]:
    return {
        "name": event.type,
        "contentType": "application/json",
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/Envelope"},
                {
                    "type": "object",
                    "required": ["data"],
                    "properties": {
                        "type": {"const": event.type},
                        "version": {"const": event.version},
                        "data": {"$ref": f"#/components/schemas/{_name(event.schema)}"},
                    },
                },
            ]
        },
    }


def _name(schema: Any) -> str:
    cls = schema if isinstance(schema, type) else type(schema)
    return f"{cls.__module__.rpartition('.')[2].capitalize()}{cls.__name__}"


if __name__ == "__main__":
    json.dump(asyncapi_document(), sys.stdout, ensure_ascii=False, indent=2)
