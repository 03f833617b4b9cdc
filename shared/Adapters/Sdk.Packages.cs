global using Azure;
global using Azure.Communication.Sms;
global using Azure.Core;
global using Azure.Core.Pipeline;
global using Azure.Data.Tables;
global using Azure.Data.Tables.Models;
global using Azure.Identity;
