global using Microsoft.DurableTask;
global using Microsoft.DurableTask.Client;
global using Microsoft.Azure.Functions.Worker;
global using Microsoft.Azure.Functions.Worker.Builder;
global using Microsoft.Azure.Functions.Worker.Middleware;
