// The app may text with the Communication Services resource. It takes no narrower role than this.
param appPrincipalId string
param communicationServicesName string

var communicationAndEmailServiceOwner = '09976791-48a7-449e-bb21-39d1a415f350'

resource communicationServices 'Microsoft.Communication/communicationServices@2023-04-01' existing = {
  name: communicationServicesName
}

resource appOnCommunicationServices 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: communicationServices
  name: guid(communicationServices.id, appPrincipalId, communicationAndEmailServiceOwner)
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', communicationAndEmailServiceOwner)
  }
}
