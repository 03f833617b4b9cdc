// The Communication Services resource, which exists, and the system topic of its events, in its own resource group.
param communicationServicesName string
param systemTopicName string

resource communicationServices 'Microsoft.Communication/communicationServices@2023-04-01' existing = {
  name: communicationServicesName
}

// With an identity: it writes the events that could not be delivered to storage.
resource topic 'Microsoft.EventGrid/systemTopics@2022-06-15' = {
  name: systemTopicName
  location: 'global'
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    source: communicationServices.id
    topicType: 'Microsoft.Communication.CommunicationServices'
  }
}

output endpoint string = 'https://${communicationServices.properties.hostName}'
output topicName string = topic.name
output topicPrincipalId string = topic.identity.principalId
