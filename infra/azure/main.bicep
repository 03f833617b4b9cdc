// Everything the Function App needs in Azure, but for the Communication Services resource: that one exists already, with its number.
targetScope = 'resourceGroup'

@description('What the names of the resources begin with: letters and digits.')
@minLength(3)
@maxLength(11)
param name string

param location string = resourceGroup().location

@description('The name of the Communication Services resource that owns the sender number.')
param communicationServicesName string

@description('The resource group of the Communication Services resource.')
param communicationServicesResourceGroup string = resourceGroup().name

@description('Its system topic. A source has one at most: name the one that is there, if there is one.')
param systemTopicName string = '${communicationServicesName}-events'

@description('The organisation\'s number, in E.164.')
param senderNumber string

@description('Text messaging is on from the start where a name is given; else somebody turns it on by a call.')
param organisation { name: string, contact: string, timeZone: string } = { name: '', contact: '', timeZone: '' }

@description('When what is due is looked for: NCRONTAB.')
param dispatchSchedule string = '*/15 * * * * *'

@description('Further settings of the app, each with the name that it has in local.settings.sample.json. A secret such as Storage__TextKey is given as a Key Vault reference.')
param settings object = {}

@description('Front ends that may call the API from a browser.')
param allowedOrigins string[] = []

@minValue(1)
@maxValue(1000)
param maximumInstances int = 40

@description('Whether Event Grid delivers to the functions. They must be published before: deploy.sh does both in order.')
param deliverEvents bool = false

var unique = uniqueString(resourceGroup().id, name)

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    name: name
    location: location
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: '${toLower(name)}${unique}'
    location: location
  }
}

module app 'modules/functionApp.bicep' = {
  name: 'functionApp'
  params: {
    name: '${name}-${unique}'
    location: location
    storageAccountName: storage.outputs.name
    deploymentContainerUrl: storage.outputs.deploymentContainerUrl
    applicationInsightsConnectionString: monitoring.outputs.connectionString
    allowedOrigins: allowedOrigins
    maximumInstances: maximumInstances
    settings: union(
      {
        Dispatch__Schedule: dispatchSchedule
        Organisation__Contact: organisation.contact
        Organisation__Name: organisation.name
        Organisation__TimeZone: organisation.timeZone
        Sms__Endpoint: carrier.outputs.endpoint
        Sms__From: senderNumber
        Storage__TableEndpoint: storage.outputs.tableEndpoint
      },
      settings
    )
  }
}

module carrier 'modules/carrier.bicep' = {
  name: 'carrier'
  scope: resourceGroup(communicationServicesResourceGroup)
  params: {
    communicationServicesName: communicationServicesName
    systemTopicName: systemTopicName
  }
}

module access 'modules/access.bicep' = {
  name: 'access'
  params: {
    appPrincipalId: app.outputs.principalId
    topicPrincipalId: carrier.outputs.topicPrincipalId
    storageAccountName: storage.outputs.name
    deadLetterContainerName: storage.outputs.deadLetterContainerName
    applicationInsightsName: monitoring.outputs.name
  }
}

module carrierAccess 'modules/carrierAccess.bicep' = {
  name: 'carrierAccess'
  scope: resourceGroup(communicationServicesResourceGroup)
  params: {
    appPrincipalId: app.outputs.principalId
    communicationServicesName: communicationServicesName
  }
}

module deliveryReports 'modules/subscription.bicep' = if (deliverEvents) {
  name: 'deliveryReports'
  scope: resourceGroup(communicationServicesResourceGroup)
  dependsOn: [access]
  params: {
    systemTopicName: carrier.outputs.topicName
    functionAppId: app.outputs.id
    functionName: 'DeliveryReports'
    eventType: 'Microsoft.Communication.SMSDeliveryReportReceived'
    storageAccountId: storage.outputs.id
    deadLetterContainerName: storage.outputs.deadLetterContainerName
  }
}

module incomingTexts 'modules/subscription.bicep' = if (deliverEvents) {
  name: 'incomingTexts'
  scope: resourceGroup(communicationServicesResourceGroup)
  dependsOn: [access]
  params: {
    systemTopicName: carrier.outputs.topicName
    functionAppId: app.outputs.id
    functionName: 'IncomingTexts'
    eventType: 'Microsoft.Communication.SMSReceived'
    storageAccountId: storage.outputs.id
    deadLetterContainerName: storage.outputs.deadLetterContainerName
  }
}

output functionAppName string = app.outputs.name
output apiUrl string = 'https://${app.outputs.hostName}/api'
