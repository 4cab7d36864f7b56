"""
What a Developer Edition answered of standard sObjects in May 2026: describe global's flags, and the children of Account.

Source: captured answers, NangoHQ/integration-templates, integrations/salesforce/tests (describe-global, describe-sobject).
"""

from __future__ import annotations

from typing import Any

from ..schema.sobjects import SObjectType

FLAGS = {
    "a": "activateable",
    "d": "deepCloneable",
    "f": "feedEnabled",
    "l": "layoutable",
    "m": "mruEnabled",
    "r": "retrieveable",
    "s": "searchable",
    "t": "triggerable",
}
"""The flags of a describe that this org does not act on, by the letter that stands for each below."""
_SOBJECTS = """
Account|flmrst|Account|Accounts
AccountHistory|r|Account History|Account History
AccountShare|r|Account Share|Account Share
AssignmentRule|rs|Assignment Rule|Assignment Rules
Attachment|rst|Attachment|Attachments
Campaign|lmrst|Campaign|Campaigns
CampaignMember|lrt|Campaign Member|Campaign Members
CampaignMemberStatus|lr|Campaign Member Status|Campaign Member Statuses
Case|flmrst|Case|Cases
CaseComment|lrst|Case Comment|Case Comments
CaseHistory|r|Case History|Case History
Contact|flmrst|Contact|Contacts
ContactHistory|r|Contact History|Contact History
ContactShare|r|Contact Share|Contact Share
ContentDocument|flmrst|Content Document|Content Documents
ContentDocumentLink|lrt|Content Document Link|Content Document Link
ContentVersion|lrst|Content Version|Content Versions
DuplicateRule|lmrs|Duplicate Rule|Duplicate Rules
EntityDefinition|s|Entity Definition|Entity Definitions
Event|lmrst|Event|Events
FieldDefinition|s|Field Definition|Field Definitions
Group|rs|Group|Group
GroupMember|r|Group Member|Group Member
Lead|flmrst|Lead|Leads
LeadHistory|r|Lead History|Lead History
LeadShare|r|Lead Share|Lead Share
LoginHistory|r|Login History|Login History
MatchingRule|mr|Matching Rule|Matching Rules
Name||Name|Names
Note|lrst|Note|Notes
Opportunity|dflmrst|Opportunity|Opportunities
OpportunityContactRole|lrt|Opportunity Contact Role|Opportunity Contact Role
OpportunityFieldHistory|r|Opportunity Field History|Opportunity Field History
OpportunityLineItem|lmrt|Opportunity Product|Opportunity Product
Organization|r|Organization|Organizations
PermissionSet|mrs|Permission Set|Permission Sets
PermissionSetAssignment|r|Permission Set Assignment|Permission Set Assignments
Pricebook2|lmrst|Price Book|Price Books
PricebookEntry|lmr|Price Book Entry|Price Book Entries
Product2|lmrst|Product|Products
Profile|mrs|Profile|Profiles
QueueSobject|r|Queue sObject|Queue sObjects
RecordType|mrs|Record Type|Record Types
Task|lmrst|Task|Tasks
User|flmrst|User|Users
UserRole|lmrs|Role|Role
"""
"""Name, letters of the flags that are true, label, plural label."""
SHARED_PREFIX = ("History", "Definition")
"""How the names of sObjects end that have no key prefix of their own in a describe, or share one."""
_ACCOUNT_CHILDREN = """
AIInsightValue.SobjectLookupValueId::c AIRecordInsight.TargetId:: Account.ParentId:ChildAccounts:
AccountChangeEvent.ParentId:: AccountCleanInfo.AccountId:AccountCleanInfos:c
AccountContactRole.AccountId:AccountContactRoles:c AccountContactRoleChangeEvent.AccountId::
AccountFeed.ParentId:Feeds:c AccountHistory.AccountId:Histories:c AccountPartner.AccountFromId:AccountPartnersFrom:c
AccountPartner.AccountToId:AccountPartnersTo:c AccountShare.AccountId:Shares:c
ActivityHistory.AccountId:ActivityHistories:c AgentWork.WorkItemId::c
AlternativePaymentMethod.AccountId:AlternativePaymentMethods: Asset.AccountId:Assets:c
Asset.AssetProvidedById:ProvidedAssets: Asset.AssetServicedById:ServicedAssets: AssetChangeEvent.AccountId::
AssetChangeEvent.AssetProvidedById:: AssetChangeEvent.AssetServicedById::
AssociatedLocation.ParentRecordId:AssociatedLocations:c
AttachedContentDocument.LinkedEntityId:AttachedContentDocuments:c Attachment.ParentId:Attachments:c
AuthorizationFormConsent.ConsentGiverId:AuthorizationFormConsents:r
AuthorizationFormConsent.RelatedRecordId:RelatedAuthorizationFormConsents:
AuthorizationFormConsentChangeEvent.ConsentGiverId:: AuthorizationFormConsentChangeEvent.RelatedRecordId::
CampaignMember.LeadOrContactId:: CardPaymentMethod.AccountId:CardPaymentMethods: Case.AccountId:Cases:r
CaseChangeEvent.AccountId:: CollaborationGroupRecord.RecordId:RecordAssociatedGroups:c
CombinedAttachment.ParentId:CombinedAttachments:c CommSubscriptionConsent.ConsentGiverId:CommSubscriptionConsents:r
CommSubscriptionConsentChangeEvent.ConsentGiverId:: Contact.AccountId:Contacts:c ContactChangeEvent.AccountId::
ContactPointAddress.ParentId:ContactPointAddresses:c ContactPointAddressChangeEvent.ParentId::
ContactPointEmail.ParentId:ContactPointEmails:c ContactPointEmailChangeEvent.ParentId::
ContactPointPhone.ParentId:ContactPointPhones:c ContactPointPhoneChangeEvent.ParentId::
ContactRequest.WhatId:ContactRequests: ContentDistribution.RelatedRecordId::c
ContentDocumentLink.LinkedEntityId:ContentDocumentLinks:c ContentDocumentLinkChangeEvent.LinkedEntityId::
ContentVersion.FirstPublishLocationId:: ContentVersionChangeEvent.FirstPublishLocationId::
Contract.AccountId:Contracts:cr ContractChangeEvent.AccountId:: CreditMemo.BillingAccountId:CreditMemos:c
DigitalWallet.AccountId:DigitalWallets: DuplicateRecordItem.RecordId:DuplicateRecordItems:c
EmailMessage.RelatedToId:Emails: EmailMessageChangeEvent.RelatedToId:: Entitlement.AccountId:Entitlements:cr
EntitlementChangeEvent.AccountId:: EntitySubscription.ParentId:FeedSubscriptionsForEntity:c Event.AccountId::
Event.WhatId:Events:c EventChangeEvent.AccountId:: EventChangeEvent.WhatId:: EventRelationChangeEvent.RelationId::
FeedComment.ParentId:: FeedItem.ParentId::c FinanceBalanceSnapshot.AccountId:FinanceBalanceSnapshots:
FinanceBalanceSnapshotChangeEvent.AccountId:: FinanceTransaction.AccountId:FinanceTransactions:
FinanceTransactionChangeEvent.AccountId:: FlowExecutionErrorEvent.ContextRecordId::
FlowOrchestrationWorkItem.RelatedRecordId:FlowOrchestrationWorkItems: FlowRecordRelation.RelatedRecordId::
FulfillmentOrder.AccountId:FulfillmentOrders: Invoice.BillingAccountId:Invoices:c Lead.ConvertedAccountId::
LeadChangeEvent.ConvertedAccountId:: MessagingEndUser.AccountId:MessagingEndUsers:
MessagingSession.EndUserAccountId:MessagingSessions: Note.ParentId:Notes:c
NoteAndAttachment.ParentId:NotesAndAttachments:c OpenActivity.AccountId:OpenActivities:c
Opportunity.AccountId:Opportunities:c OpportunityChangeEvent.AccountId::
OpportunityPartner.AccountToId:OpportunityPartnersTo:c Order.AccountId:Orders:cr OrderChangeEvent.AccountId::
OutgoingEmail.RelatedToId:: Partner.AccountFromId:PartnersFrom:c Partner.AccountToId:PartnersTo:c
Payment.AccountId:Payments: PaymentAuthAdjustment.AccountId:PaymentAuthAdjustments:
PaymentAuthorization.AccountId:PaymentAuthorizations: PaymentLineInvoice.AssociatedAccountId:PaymentLinesInvoice:
PaymentMethod.AccountId:: PendingOrderSummary.AccountId:PendingOrderSummaries:
PendingOrderSummaryChangeEvent.AccountId:: PendingServiceRouting.WorkItemId::c
PendingServiceRoutingInteractionInfo.PrimaryRecordId::c PendingServiceRoutingInteractionInfo.TargetObjectId::c
ProcessInstance.TargetObjectId:ProcessInstances:c ProcessInstanceHistory.TargetObjectId:ProcessSteps:
RecordAction.RecordId:RecordActions:c RecordActionHistory.ParentRecordId:RecordActionHistories:
Refund.AccountId:Refunds: RefundLinePayment.AssociatedAccountId:RefundLinePayments:
ResourcePreference.RelatedRecordId:ResourcePreferences:c ResourcePreferenceChangeEvent.RelatedRecordId::
ReturnOrder.AccountId:ReturnOrders: ReturnOrderChangeEvent.AccountId::
ScorecardAssociation.TargetEntityId:ScorecardAssociations:c ServiceAppointment.AccountId:ServiceAppointmentAccount:
ServiceAppointment.ParentRecordId:ServiceAppointments:c ServiceAppointmentChangeEvent.AccountId::
ServiceAppointmentChangeEvent.ParentRecordId:: ServiceContract.AccountId:ServiceContracts:r
ServiceContractChangeEvent.AccountId:: ServiceResource.AccountId:ServiceResources:r
ServiceResourceChangeEvent.AccountId:: Task.AccountId:: Task.WhatId:Tasks:c TaskChangeEvent.AccountId::
TaskChangeEvent.WhatId:: TopicAssignment.EntityId:TopicAssignments:c User.AccountId:Users:
UserChangeEvent.AccountId:: UserDefinedLabelAssignment.ItemId:UserDefinedLabelAssignments:c
UserPrioritizedRecord.TargetId::c UserRole.PortalAccountId:: VoiceCall.RelatedRecordId:RelatedRecords:
VoiceCallChangeEvent.RelatedRecordId:: WaitlistParticipant.ParticipantId:WaitlistParticipants:c
WebCart.AccountId:Carts: WebCartChangeEvent.AccountId:: WorkOrder.AccountId:WorkOrders:
WorkOrderChangeEvent.AccountId::
"""
"""Child sObject, its field, the name of the relationship, c: deleted with the account, r: keeps it from being deleted."""


def as_captured(sobjects: list[SObjectType]) -> list[SObjectType]:
    """Give sObjects the labels, flags and children that were captured, and return them."""
    known = {line.partition("|")[0]: line.split("|") for line in _SOBJECTS.split("\n") if line}
    for each in sobjects:
        if each.name in known:
            _, letters, each.label, each.label_plural = known[each.name]
            each.described = {name: letter in letters for letter, name in FLAGS.items()}
            if each.name.endswith("History") and each.name != "LoginHistory":
                each.described["keyPrefix"] = None
        if each.name == "Account":
            each.described_children = {(child["childSObject"], child["field"]): child for child in account_children()}
    return sobjects


def account_children() -> list[dict[str, Any]]:
    """Return the relationships from Account to its children."""
    children = []
    for entry in _ACCOUNT_CHILDREN.split():
        path, name, marks = entry.split(":")
        child, _, field = path.partition(".")
        children.append(
            {
                "childSObject": child,
                "field": field,
                "relationshipName": name or None,
                "cascadeDelete": "c" in marks,
                "restrictedDelete": "r" in marks,
            }
        )
    return children
