"""What the details query can be filtered by, as the platform names it.

Source: enums of ``SegmentDetailQueryPredicate`` and ``ConversationDetailQueryPredicate`` in the
official Python SDK 269.0.0.
"""

SEGMENT = (
    "addressFrom", "addressTo", "agentAssistantId", "agentOwned", "ani", "authenticated",
    "bargedParticipantId", "callbackNumber", "callbackScheduledTime",
    "canonicalExternalContactId", "cleared", "coachedParticipantId", "conference",
    "deliveryPushed", "deliveryStatus", "destinationAddress", "destinationConversationId",
    "detectedSpeechEnd", "detectedSpeechStart", "direction", "disconnectType", "dnis", "edgeId",
    "engagementSource", "errorCode", "exitReason", "extendedDeliveryStatus", "externalContactId",
    "externalOrganizationId", "flaggedReason", "flowId", "flowName", "flowOutType", "flowOutcome",
    "flowOutcomeId", "flowOutcomeValue", "flowVersion", "groupId", "journeyActionId",
    "journeyActionMapId", "journeyCustomerId", "journeyCustomerIdType",
    "journeyCustomerSessionId", "mediaCount", "mediaType", "messageType",
    "monitoredParticipantId", "outboundCampaignId", "outboundContactId", "outboundContactListId",
    "participantName", "protocolCallId", "provider", "purpose", "queueId", "recording", "remote",
    "remoteNameDisplayable", "requestedLanguageId", "requestedRouting", "requestedRoutingSkillId",
    "scoredAgentId", "screenMonitoredUserId", "screenRecording", "scriptId", "segmentEnd",
    "segmentType", "sessionDnis", "sipResponseCode", "skillExpressionId", "snippetRecording",
    "subject", "teamId", "transferTargetAddress", "transferTargetName", "transferType",
    "usedRouting", "userId", "wrapUpCode", "wrapUpNote",
)  # fmt: skip
CONVERSATION = (
    "accessAttribute", "conversationEnd", "conversationId", "conversationInitiator",
    "conversationStart", "customerParticipation", "divisionId", "externalTag",
    "mediaStatsMinConversationMos", "originatingDirection", "originatingSocialMediaPublic",
)  # fmt: skip
